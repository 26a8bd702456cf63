import { expect, test } from 'vitest';
import { mergeHistory } from '../../../../../../renderer/features/workload/history/history-tab.tsx';

test('jobs and events are one list, newest first; the event of a job is not told twice', () => {
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
  const event = (id: number, atMs: number, kind = 'notice') => ({
    id,
    atMs,
    workloadId: 'w',
    level: 'info' as const,
    kind,
    message: '',
  });
  expect(mergeHistory([job], [event(1, 10), event(2, 30), event(3, 26, 'start')]).map((entry) => entry.key)).toEqual([
    'event 2',
    'job j',
    'event 1',
  ]);
});
