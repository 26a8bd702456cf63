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

test('counts viewers and writers of each console, a close once', () => {
  const watchers = createWatchers();
  const inner = channel();
  const first = watchers.counted(inner, 'a', true);
  const second = watchers.counted(channel(), 'a', false);
  watchers.counted(channel(), 'b', true);
  expect(watchers.count('a')).toEqual({ viewers: 2, writers: 1 });
  first.close();
  first.close();
  expect(inner.closed).toBe(2);
  expect(watchers.count('a')).toEqual({ viewers: 1, writers: 0 });
  second.close();
  expect(watchers.count('a')).toEqual({ viewers: 0, writers: 0 });
});

test('tells the present counts and each change, until it is aborted', async () => {
  const watchers = createWatchers();
  const abort = new AbortController();
  const told = watchers.watch('a', abort.signal)[Symbol.asyncIterator]();
  expect((await told.next()).value).toEqual({ viewers: 0, writers: 0 });
  const next = told.next();
  watchers.counted(channel(), 'b', true);
  const open = watchers.counted(channel(), 'a', true);
  expect((await next).value).toEqual({ viewers: 1, writers: 1 });
  open.close();
  expect((await told.next()).value).toEqual({ viewers: 0, writers: 0 });
  const last = told.next();
  abort.abort();
  expect((await last).done).toBe(true);
});
