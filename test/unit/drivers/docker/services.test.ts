import { expect, it } from 'vitest';
import type { Engine } from '../../../../drivers/docker/engine/engine.ts';
import { mapDockerError } from '../../../../drivers/docker/engine/map-error.ts';
import { createDockerServices, readService } from '../../../../drivers/docker/swarm/services.ts';
import { recordingContext } from '../../../support/operation.ts';

it.each([
  [
    'replicated, with ports and a pinned image',
    {
      ID: 'a',
      CreatedAt: '2026-01-02T03:04:05Z',
      Spec: {
        Name: 'web',
        Mode: { Replicated: { Replicas: 3 } },
        TaskTemplate: { ContainerSpec: { Image: 'nginx:1@sha256:abc' } },
      },
      Endpoint: { Ports: [{ PublishedPort: 8080, TargetPort: 80, Protocol: 'tcp' }] },
      ServiceStatus: { RunningTasks: 2, DesiredTasks: 3 },
    },
    {
      id: 'a',
      name: 'web',
      image: 'nginx:1',
      mode: 'replicated',
      desired: 3,
      running: 2,
      ports: ['8080 → 80/tcp'],
      createdAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
    },
  ],
  [
    'global, by an engine that tells no status',
    { ID: 'b', Spec: { Name: 'agent', Mode: { Global: {} } } },
    { id: 'b', name: 'agent', image: '', mode: 'global', desired: 0, running: 0, ports: [], createdAtMs: 0 },
  ],
  [
    'a job without a name',
    { ID: 'c', Spec: { Mode: { ReplicatedJob: {} } } },
    { id: 'c', name: 'c', image: '', mode: 'job', desired: 0, running: 0, ports: [], createdAtMs: 0 },
  ],
])('reads a service: %s', (_title, listed, expected) => {
  expect(readService(listed as unknown as Parameters<typeof readService>[0])).toEqual(expected);
});

/** A manager with services `web` and `web-admin`, whose first changes of `web` come too late. */
function manager(late: number) {
  const service = { ID: 'id1', Version: { Index: 1 }, Spec: { Name: 'web', Mode: { Replicated: { Replicas: 1 } } } };
  const other = {
    ID: 'id12',
    Spec: { Name: 'web-admin', Mode: { Replicated: { Replicas: 9 } } },
    ServiceStatus: { RunningTasks: 9, DesiredTasks: 9 },
  };
  const versions: number[] = [];
  const docker = {
    getService: () => ({
      inspect: async () => structuredClone(service),
      update: async ({ version, Mode }: { version: number; Mode: typeof service.Spec.Mode }) => {
        versions.push(version);
        if (versions.length <= late) {
          service.Version.Index += 1;
          throw Object.assign(new Error('rpc error: code = Unknown desc = update out of sequence'), {
            statusCode: 500,
          });
        }
        service.Spec.Mode = Mode;
      },
    }),
    // The engine's filters take all that begins so.
    listServices: async () => [
      other,
      { ...service, ServiceStatus: { RunningTasks: service.Spec.Mode.Replicated.Replicas } },
    ],
  };
  const engine = {
    docker,
    ask: async (what: string, request: () => Promise<unknown>) => {
      try {
        return await request();
      } catch (error) {
        throw mapDockerError(error, what);
      }
    },
  };
  return { services: createDockerServices(engine as unknown as Engine), versions };
}

it('scales the service that is meant, though another one changes it meanwhile and a third has a longer name', async () => {
  const { services, versions } = manager(2);
  await services.scale(recordingContext(), 'web', 3);
  expect(versions).toEqual([1, 2, 3]);
});

it('gives up when others change it again and again', async () => {
  const { services, versions } = manager(10);
  await expect(services.scale(recordingContext(), 'web', 3)).rejects.toMatchObject({ code: 'conflict' });
  expect(versions).toHaveLength(3);
});
