import { expect, test } from 'vitest';
import { createOperationQueue } from '../../../../../electron/host/workloads/operation-queue.ts';

test('one at a time, in order, none before the gate opens; the front passes those that wait', async () => {
  const gate = Promise.withResolvers<void>();
  const queue = createOperationQueue(gate.promise);
  const seen: string[] = [];
  const holds = Promise.withResolvers<void>();
  const last = Promise.withResolvers<void>();
  queue.add(async () => {
    seen.push('a');
    await holds.promise;
    seen.push('a ended');
  });
  await Promise.resolve();
  expect(seen).toEqual([]);
  gate.resolve();
  queue.add(async () => {
    seen.push('b');
    last.resolve();
  });
  await gate.promise;
  await new Promise(setImmediate);
  queue.add(
    async () => {
      seen.push('front');
    },
    { front: true },
  );
  expect(queue.idle()).toBe(false);
  holds.resolve();
  await last.promise;
  expect(seen).toEqual(['a', 'a ended', 'front', 'b']);
});
