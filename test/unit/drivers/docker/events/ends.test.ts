import { expect, it } from 'vitest';
import { openEnds } from '../../../../../drivers/docker/events/ends.ts';
import { openRuns, type RunState } from '../../../../../drivers/docker/events/runs.ts';
import { endOf } from '../../../../../drivers/docker/observe.ts';

const second = 1_000_000_000n;
const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();
const running = (startedAt: number): RunState => ({ Running: true, Restarting: false, StartedAt: iso(startedAt) });
const exited = (startedAt: number): RunState => ({ Running: false, Restarting: false, StartedAt: iso(startedAt) });
const restarting = (startedAt: number): RunState => ({ Running: true, Restarting: true, StartedAt: iso(startedAt) });

/** Steps: an event `[seconds, action, attributes]`, or a look `{ look, told: exit codes }`, or an answer that somebody else showed. */
type Step =
  | readonly [number, string, Record<string, string>?]
  | { readonly look: RunState; readonly told: readonly number[] }
  | { readonly elsewhere: RunState };

const die = (at: number, exitCode: number): Step => [at, 'die', { exitCode: String(exitCode) }];

const cases: Record<string, Step[]> = {
  'an end that the look shows is not told': [
    die(20, 1),
    { look: exited(10), told: [] },
    { look: exited(10), told: [] },
  ],
  'an end before the run that the look shows is told once': [
    die(20, 137),
    [21, 'start'],
    { look: running(21), told: [137] },
    { look: running(21), told: [] },
  ],
  'an end after which the engine is about to start it again is told': [
    die(20, 2),
    { look: restarting(10), told: [2] },
    [21, 'start'],
    { look: running(21), told: [] },
  ],
  'of several ends the last one is shown': [
    die(20, 1),
    [21, 'start'],
    die(30, 2),
    [31, 'start'],
    die(40, 3),
    { look: exited(31), told: [1, 2] },
    [41, 'start'],
    { look: running(41), told: [] },
  ],
  'an answer from before an end leaves it to the next look': [
    die(20, 1),
    [21, 'start'],
    die(30, 2),
    { look: running(21), told: [1] },
    [31, 'start'],
    { look: running(31), told: [2] },
  ],
  'an end that was shown before its event came is not told': [
    { look: exited(10), told: [] },
    die(20, 1),
    [21, 'start'],
    { look: running(21), told: [] },
  ],
  'an end that another look showed is not told': [
    die(20, 1),
    { elsewhere: exited(10) },
    [21, 'start'],
    { look: running(21), told: [] },
  ],
  'one that ends at once may begin after its end': [die(20, 1), { look: exited(19.999), told: [] }],
  'what was shown of an earlier run hides no later end': [
    { elsewhere: exited(10) },
    [100, 'start'],
    die(110, 7),
    [111, 'start'],
    { look: running(111), told: [7] },
  ],
  'what is removed is forgotten': [die(20, 1), [21, 'destroy'], [30, 'start'], { look: running(30), told: [] }],
};

it.each(Object.entries(cases))('%s', (_name, steps) => {
  const runs = openRuns();
  const ends = openEnds(runs.shown);
  for (const step of steps) {
    if ('elsewhere' in step) {
      runs.see('c', step.elsewhere);
    } else if ('look' in step) {
      runs.see('c', step.look);
      expect(ends.hidden('c', step.look).map((end) => end.exitCode)).toEqual(step.told);
    } else {
      const [at, action, attributes = {}] = step;
      ends.take({ action, containerId: 'c', attributes, atNs: BigInt(at) * second });
    }
  }
});

it('knows which containers still have to be looked at', () => {
  const ends = openEnds(new Map());
  ends.take({ action: 'die', containerId: 'a', attributes: { exitCode: '1' }, atNs: 20n * second });
  ends.take({ action: 'kill', containerId: 'b', attributes: { signal: '15' }, atNs: 20n * second });
  expect(ends.open()).toEqual(['a']);
  ends.hidden('a', running(30));
  expect(ends.open()).toEqual([]);
});

it.each([
  ['by its own exit code', [], 3, { phase: 'crashed', reason: 'exit code 3' }],
  ['by a signal that nobody sent through the engine', [], 137, { phase: 'crashed', reason: 'exit code 137' }],
  ['orderly', [], 0, { phase: 'stopped', reason: 'exit code 0' }],
  ['asked for', [['kill', { signal: '15' }]], 143, { phase: 'stopped', reason: 'exit code 143' }],
  [
    'after a signal that asks for no end',
    [['kill', { signal: 'SIGHUP' }]],
    1,
    { phase: 'crashed', reason: 'exit code 1' },
  ],
  ['for want of memory', [['oom', {}]], 137, { phase: 'crashed', reason: 'killed: out of memory' }],
  [
    'after a signal to the run before',
    [
      ['kill', { signal: '9' }],
      ['start', {}],
    ],
    137,
    { phase: 'crashed', reason: 'exit code 137' },
  ],
] as const)('says how it ended: %s', (_name, events, exitCode, told) => {
  const ends = openEnds(new Map());
  let at = 10n * second;
  for (const [action, attributes] of [...events, ['die', { exitCode: String(exitCode) }] as const]) {
    at += second;
    ends.take({ action, containerId: 'c', attributes: { ...attributes }, atNs: at });
  }
  const [end] = ends.hidden('c', running(1000));
  expect(end && endOf(end)).toEqual({ ...told, exitCode });
});
