import { expect, it } from 'vitest';
import { readService } from '../../../../drivers/docker/swarm/services.ts';

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
