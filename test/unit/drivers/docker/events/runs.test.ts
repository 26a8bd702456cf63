import { expect, it } from 'vitest';
import { openEnds } from '../../../../../drivers/docker/events/ends.ts';
import type { Message } from '../../../../../drivers/docker/events/message.ts';
import { endsOf } from '../../../../../drivers/docker/events/past.ts';
import { type Gap, openRuns, type RunState } from '../../../../../drivers/docker/events/runs.ts';

const second = 1_000_000_000n;
const iso = (seconds: number): string =>
  seconds === 0 ? '0001-01-01T00:00:00Z' : new Date(seconds * 1000).toISOString();
/** As the engine answers: when the present run began, and when the last one that is over ended. */
const state = (began: number, ended: number, running = true, restarting = false): RunState => ({
  Running: running,
  Restarting: restarting,
  StartedAt: iso(began),
  FinishedAt: iso(ended),
});
const restarting = (began: number, ended: number): RunState => state(began, ended, true, true);

/** Looks, and the gap that the last of them finds: since, until, the end of which the time is known. */
const cases: [string, RunState[], [number, number, number | null] | null][] = [
  ['the first look finds none', [state(20, 15)], null],
  ['the same run again', [state(10, 0), state(10, 0)], null],
  ['a run that is seen to end', [state(10, 0), state(10, 20, false)], null],
  ['a run that was seen to end is started', [state(10, 20, false), state(30, 20)], null],
  ['one that was about to be started again is', [restarting(10, 20), state(21, 20)], null],
  ['a run ended and the next one runs', [state(10, 0), state(21, 20)], [10, 21, 20]],
  ['a run ended and the next one is over too', [state(10, 0), state(21, 30, false)], [10, 21, null]],
  ['a run between two that were seen', [state(10, 20, false), state(40, 35)], [20, 40, 35]],
  ['a run that was seen to end and another that is seen as ended', [state(10, 20, false), state(30, 40, false)], null],
];

it.each(cases)('%s', (_name, looks, wanted) => {
  const runs = openRuns();
  const found: Gap[] = [];
  runs.onGap((_id, gap) => found.push(gap));
  for (const look of looks) runs.see('c', look);
  const inSeconds = (ns: bigint | null) => (ns === null ? null : Number(ns / second));
  expect(found.map(({ sinceNs, untilNs, endedNs }) => [sinceNs, untilNs, endedNs].map(inSeconds))).toEqual(
    wanted === null ? [] : [wanted],
  );
});

it.each([
  ['running', { phase: 'running', startedAtMs: 10_000 }, 1],
  ['ended', { phase: 'crashed', endedAtMs: 15_000 }, 1],
  ['ended then already', { phase: 'stopped', endedAtMs: 20_000 }, 0],
  ['running in the present run', { phase: 'running', startedAtMs: 21_000, endedAtMs: 20_000 }, 0],
  ['nothing of its runs', { phase: 'lost' }, 0],
] as const)('goes on from what a host before it saw: %s', (_name, last, gaps) => {
  const runs = openRuns();
  let found = 0;
  runs.onGap(() => (found += 1));
  runs.remember('c', last);
  runs.see('c', state(21, 20));
  expect(found).toBe(gaps);
});

it('finds a gap again that nobody took or that could not be looked into', () => {
  const runs = openRuns();
  runs.see('c', state(10, 0));
  runs.see('c', state(21, 20));
  const found: Gap[] = [];
  const end = runs.onGap((id, gap) => {
    found.push(gap);
    if (found.length === 1) runs.again(id, gap);
  });
  runs.see('c', state(21, 20));
  runs.see('c', state(21, 20));
  runs.see('c', state(21, 20));
  expect(found).toHaveLength(2);
  expect(found[0]).toEqual(found[1]);
  end();
});

const message = (at: number, action: string, attributes: Record<string, string> = {}): Message => ({
  action,
  containerId: 'c',
  attributes,
  atNs: BigInt(at) * second,
});
const gap = (over: boolean, ended: number | null): Gap => ({
  before: { beganNs: 10n * second, endedNs: over ? 20n * second : 0n, over },
  sinceNs: (over ? 20n : 10n) * second,
  untilNs: 50n * second,
  endedNs: ended === null ? null : BigInt(ended) * second,
});

it.each([
  [
    'all events are there',
    gap(false, 40),
    [
      message(10, 'start'),
      message(20, 'die', { exitCode: '1' }),
      message(21, 'start'),
      message(30, 'oom'),
      message(40, 'die', { exitCode: '137' }),
    ],
    [
      [20, 1, false],
      [40, 137, true],
    ],
  ],
  ['the engine has forgotten all', gap(false, 40), [], [[40, null, false]]],
  [
    'the engine knows only the first',
    gap(false, 40),
    [message(20, 'die', { exitCode: '1' })],
    [
      [20, 1, false],
      [40, null, false],
    ],
  ],
  ['nothing tells', gap(false, null), [], []],
  [
    'the end that was seen is not told again',
    gap(true, 40),
    [message(20, 'die', { exitCode: '1' }), message(21, 'start'), message(40, 'die', { exitCode: '3' })],
    [[40, 3, false]],
  ],
] as [string, Gap, Message[], [number, number | null, boolean][]][])(
  'reads a gap: %s',
  (_name, asked, messages, wanted) => {
    const { ends, sinceNs } = endsOf(asked, messages);
    expect(ends.map((end) => [Number(end.atNs / second), end.exitCode, end.outOfMemory])).toEqual(wanted);
    // What comes through the stream after it is known already.
    const all = openEnds(new Map());
    all.add('c', ends, sinceNs);
    for (const one of messages) all.take(one);
    expect(all.hidden('c', state(50, 40)).map((end) => end.exitCode)).toEqual(wanted.map(([, code]) => code));
  },
);
