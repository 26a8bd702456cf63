import { expect, test } from 'vitest';
import type { ByteChannel } from '../../../../../drivers/driver.ts';
import { createWatchers } from '../../../../../electron/host/handlers/watchers.ts';

function channel(): ByteChannel & { closed: number } {
  const made = {
    closed: 0,
    output: (async function* () {})(),
    write: async () => {},
    close() {
      made.closed += 1;
    },
  };
  return made;
}

const all = { writes: true, alone: false };

test('counts viewers and writers of each console, a close once', () => {
  const watchers = createWatchers();
  const inner = channel();
  const first = watchers.enter('a', all).counted(inner);
  const second = watchers.enter('a', { writes: false, alone: false }).counted(channel());
  watchers.enter('b', all).counted(channel());
  expect(watchers.count('a')).toEqual({ viewers: 2, writers: 1 });
  first.close();
  first.close();
  expect(inner.closed).toBe(2);
  expect(watchers.count('a')).toEqual({ viewers: 1, writers: 0 });
  second.close();
  expect(watchers.count('a')).toEqual({ viewers: 0, writers: 0 });
});

test('the right of the only writer is given on entry, and free again when no channel comes', () => {
  const watchers = createWatchers();
  const alone = { writes: true, alone: true };
  const first = watchers.enter('a', alone);
  expect([first.writes, watchers.enter('a', alone).writes]).toEqual([true, false]);
  first.leave();
  first.leave();
  expect(watchers.count('a')).toEqual({ viewers: 1, writers: 0 });
  expect(watchers.enter('a', alone).writes).toBe(true);
});

test('hands on what the channel can, and nothing else', async () => {
  const inner = { ...channel(), exitCode: async () => 7, endInput: async () => {} };
  const counted = createWatchers().enter('a', all).counted(inner);
  expect(await counted.exitCode?.()).toBe(7);
  expect(Object.keys(counted)).toContain('endInput');
  expect(Object.keys(counted)).not.toContain('resize');
});

test('tells the present counts and each change, until it is aborted', async () => {
  const watchers = createWatchers();
  const abort = new AbortController();
  const told = watchers.watch('a', abort.signal)[Symbol.asyncIterator]();
  expect((await told.next()).value).toEqual({ viewers: 0, writers: 0 });
  const next = told.next();
  watchers.enter('b', all).counted(channel());
  const open = watchers.enter('a', all).counted(channel());
  expect((await next).value).toEqual({ viewers: 1, writers: 1 });
  open.close();
  expect((await told.next()).value).toEqual({ viewers: 0, writers: 0 });
  const last = told.next();
  abort.abort();
  expect((await last).done).toBe(true);
});
