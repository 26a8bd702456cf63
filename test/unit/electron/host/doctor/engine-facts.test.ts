import { expect, it } from 'vitest';
import { engineFacts } from '../../../../../electron/host/doctor/engine-facts.ts';

it.each([
  [{}, ''],
  [{ fake: true }, ''],
  [
    {
      apiVersion: '1.41',
      storageDriver: 'overlay2',
      cgroupVersion: '1',
      runtimes: ['runc', 'kata'],
      swarm: 'inactive',
    },
    'API 1.41, storage overlay2, cgroup v1, runtimes runc and kata, Swarm inactive.',
  ],
  [{ apiVersion: '1.41', builder: 'classic; no BuildKit' }, 'API 1.41. Builder: classic; no BuildKit.'],
  [{ builder: 'classic' }, 'Builder: classic.'],
  [{ apiVersion: '1.43', experimental: true }, 'API 1.43, experimental.'],
])('%j reads %j', (attributes, text) => {
  expect(engineFacts(attributes)).toBe(text);
});
