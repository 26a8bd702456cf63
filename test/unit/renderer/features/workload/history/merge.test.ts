import { expect, test } from 'vitest';
import { mergeHistory } from '../../../../../../renderer/features/workload/history/history-tab.tsx';

test('jobs and events are one list, newest first', () => {
  const job = {
    id: 'j',
    verb: 'start',
    workloadId: 'w',
    subject: 'one',
    state: 'succeeded' as const,
    fraction: 1,
    message: '',
    createdAtMs: 20,
    startedAtMs: 20,
    endedAtMs: 25,
    error: null,
    log: [],
    result: null,
  };
  const event = (id: number, atMs: number) => ({
    id,
    atMs,
    workloadId: 'w',
    level: 'info' as const,
    kind: 'started',
    message: '',
  });
  expect(mergeHistory([job], [event(1, 10), event(2, 30)]).map((entry) => entry.key)).toEqual([
    'event 2',
    'job j',
    'event 1',
  ]);
});
