import { expect, it } from 'vitest';
import type { Engine } from '../../../../drivers/docker/engine/engine.ts';
import { mapDockerError } from '../../../../drivers/docker/engine/map-error.ts';
import { type ListedTask, readService } from '../../../../drivers/docker/swarm/read.ts';
import { createDockerServices } from '../../../../drivers/docker/swarm/services.ts';
import { troubleText, watchScale } from '../../../../drivers/docker/swarm/trouble.ts';
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
    'global, that no node fits',
    {
      ID: 'd',
      Spec: {
        Name: 'nowhere',
        Mode: { Global: {} },
        TaskTemplate: { Placement: { Constraints: ['node.labels.disk==ssd'] } },
      },
      ServiceStatus: { RunningTasks: 0, DesiredTasks: 0 },
    },
    {
      id: 'd',
      name: 'nowhere',
      image: '',
      mode: 'global',
      desired: 0,
      running: 0,
      ports: [],
      createdAtMs: 0,
      problem: 'no node of the swarm fits its constraints: node.labels.disk==ssd',
    },
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
    listTasks: async () => [],
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

/** `[id, slot, state, error, wanted]`. */
type Task = readonly [string, number, string, string?, string?];
const at = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** Looks, one a second, and after how many of them it is given up, with what is told; null for never. */
const looks: [string, Task[][], [number, string] | null][] = [
  ['all run', [[['a', 1, 'running']], [['a', 1, 'running']]], null],
  ['one takes its time', Array.from({ length: 60 }, (): Task[] => [['a', 1, 'preparing']]), null],
  [
    'one that waits without a node',
    Array.from({ length: 20 }, (): Task[] => [
      ['a', 1, 'pending', 'no suitable node (insufficient resources on 1 node)'],
    ]),
    [9, 'no suitable node (insufficient resources on 1 node) (task 1)'],
  ],
  [
    'one that fails twice',
    [
      [
        ['a', 1, 'rejected', 'No such image: nope', 'shutdown'],
        ['b', 1, 'ready', undefined, 'ready'],
      ],
      [
        ['a', 1, 'rejected', 'No such image: nope', 'shutdown'],
        ['b', 1, 'rejected', 'No such image: nope', 'shutdown'],
      ],
    ],
    [2, 'No such image: nope (task 1)'],
  ],
  [
    'one that failed and runs',
    [
      [
        ['a', 1, 'failed', 'task: non-zero exit (1)', 'shutdown'],
        ['b', 1, 'running'],
      ],
      [['b', 1, 'running']],
    ],
    null,
  ],
  [
    'one whose program ends at once and is not started again',
    Array.from({ length: 20 }, (): Task[] => [['a', 1, 'complete', undefined, 'shutdown']]),
    [9, 'its program ended at once, without an error (task 1)'],
  ],
  [
    'one that can not while another is still coming',
    [
      ...Array.from({ length: 20 }, (): Task[] => [
        ['a', 1, 'pending', 'no suitable node'],
        ['b', 2, 'preparing'],
      ]),
      [
        ['a', 1, 'pending', 'no suitable node'],
        ['b', 2, 'running'],
      ],
    ],
    [21, 'no suitable node (task 1)'],
  ],
  ['what failed before', Array.from({ length: 20 }, (): Task[] => [['old', 1, 'failed', 'x', 'shutdown']]), null],
];
it.each(looks)('waits for tasks: %s', (_title, steps, wanted) => {
  const watch = watchScale(new Set(['old']));
  const ended = steps.findIndex((tasks, second) => {
    const listed = tasks.map(
      ([ID, Slot, State, Err, DesiredState = 'running']): ListedTask => ({
        ID,
        Slot,
        DesiredState,
        Status: { State, Timestamp: at(second), ...(Err === undefined ? {} : { Err }) },
      }),
    );
    const troubles = watch.look(listed, second * 1000);
    if (troubles !== null) expect(troubleText(troubles)).toBe(wanted?.[1]);
    return troubles !== null;
  });
  expect(ended + 1).toBe(wanted?.[0] ?? 0);
});

it('tells each error once', () => {
  const no = { error: 'No such image: x' };
  expect(
    troubleText([
      { slot: 3, ...no },
      { slot: 1, error: 'port taken' },
      { slot: 2, ...no },
    ]),
  ).toBe('No such image: x (task 2, 3); port taken (task 1)');
});
