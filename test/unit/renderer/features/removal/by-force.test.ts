import { expect, it } from 'vitest';
import type { Job, Workload } from '../../../../../electron/bridge/contract.ts';
import { leftBehind } from '../../../../../renderer/features/removal/left-behind.ts';
import { isRefusedRemoval, lastRefusal } from '../../../../../renderer/features/removal/refused.ts';
import { forceHelps, refusal } from '../../../../../renderer/verbs/verbs.ts';
import { driver, job, workload } from '../../../../support/renderer/records.ts';

const error = (code: 'timeout' | 'conflict' | 'engine_unavailable') => ({
  code,
  message: code,
  retryable: false,
  details: {},
});
const failed = (part: Partial<Job> = {}) =>
  job('j', { verb: 'remove', workloadId: 'id-a', state: 'failed', error: error('timeout'), ...part });

it.each<[string, Job, boolean]>([
  ['a removal that its engine did not answer', failed({ error: error('engine_unavailable') }), true],
  ['one that took too long', failed(), true],
  ['one that something stands against', failed({ error: error('conflict') }), false],
  ['one that was done', failed({ state: 'succeeded', error: null }), false],
  ['another verb', failed({ verb: 'stop' }), false],
])('force is offered after a failed removal: %s', (_title, one, offered) => {
  expect(isRefusedRemoval(one)).toBe(offered);
});

it('tells why the last removal failed, as long as nothing was done since', () => {
  const earlier = { ...failed({ endedAtMs: 1 }), id: 'a' };
  expect(lastRefusal({ a: earlier }, 'id-a')?.code).toBe('timeout');
  expect(lastRefusal({ a: earlier }, 'id-b')).toBeNull();
  const later = job('b', { verb: 'start', workloadId: 'id-a', state: 'succeeded', endedAtMs: 2 });
  expect(lastRefusal({ a: earlier, b: later }, 'id-a')).toBeNull();
});

const well = { health: 'healthy' } as const;
const away = { health: 'unhealthy' } as const;
it.each<[string, Workload, Parameters<typeof forceHelps>[1], boolean]>([
  ['one that rests', workload('a'), well, false],
  ['one that is busy', workload('a', { pendingVerb: 'stop' }), well, true],
  ['one that nobody could look at', workload('a', { phase: 'unknown' }), well, true],
  ['one whose engine is away', workload('a'), away, true],
  ['one whose engine is not known any more', workload('a'), undefined, true],
  ['one in the trash', workload('a', { trashedUntilMs: 1, phase: 'unknown' }), well, false],
  ['one in the trash whose engine is away', workload('a', { trashedUntilMs: 1 }), away, true],
])('force helps: %s', (_title, one, engine, helps) => {
  expect(forceHelps(one, engine)).toBe(helps);
});

it('is refused where a plain removal does it, and where the workload is protected', () => {
  expect(refusal('removeByForce', workload('a'), driver())).toEqual({ key: 'refusal.plain' });
  const busy = workload('a', { pendingVerb: 'stop' });
  expect(refusal('removeByForce', busy, driver())).toBeNull();
  expect(refusal('removeByForce', { ...busy, spec: { ...busy.spec, protected: true } }, driver())).toEqual({
    key: 'refusal.protected',
  });
});

it.each<[string, Workload, number, string[]]>([
  ['what runs', workload('a', { phase: 'running' }), 0, ['left.runs']],
  ['what nobody knows of', workload('a', { phase: 'unknown' }), 1, ['left.may', 'left.snapshots']],
  [
    'volumes by name, no folders of this machine',
    workload('a', {
      spec: {
        settings: {
          mounts: [
            { type: 'volume', source: 'data' },
            { type: 'bind', source: '/home' },
          ],
        },
      },
    }),
    2,
    ['left.rests', 'left.snapshots', 'left.volumes'],
  ],
])('tells what stays behind: %s', (_title, one, snapshots, keys) => {
  const left = leftBehind(one, snapshots);
  expect(left.map(({ key }) => key)).toEqual(keys);
  for (const { key, values } of left) if (key === 'left.volumes') expect(values).toMatchObject({ names: 'data' });
});
