import { expect, test } from 'vitest';
import type { HostEvent } from '../../../../../../electron/bridge/contract.ts';
import { groupMarks } from '../../../../../../renderer/features/workload/overview/marks.ts';

const event = (id: number, atMs: number, level: HostEvent['level'] = 'info'): HostEvent => ({
  id,
  atMs,
  workloadId: 'w',
  level,
  kind: 'snapshot',
  message: 'x',
});

test('near events are one mark at the first of them, with the worst level', () => {
  const marks = groupMarks(
    [event(3, 905), event(1, 500), event(2, 509, 'error'), event(4, 990, 'warning')],
    0,
    1000,
    0.05,
  );
  expect(marks.map((mark) => [mark.share, mark.level, mark.events.map((one) => one.id)])).toEqual([
    [0.5, 'error', [1, 2]],
    [0.905, 'info', [3]],
    [0.99, 'warning', [4]],
  ]);
});

test('what lies outside of the span has no mark', () => {
  expect(groupMarks([event(1, 99), event(2, 1101)], 100, 1100, 0.01)).toEqual([]);
});
