import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { DockerEnvironment } from '../../../../../drivers/docker/environment.ts';
import { openNotices } from '../../../../../drivers/docker/events/notices.ts';
import { whenItAnswers } from '../../../../../drivers/docker/lifecycle/unfinished.ts';
import { NovaError } from '../../../../../drivers/errors.ts';

// The fake clock has no hand on these.
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number, value: unknown, { signal }: { signal: AbortSignal }) =>
    new Promise((resolve, reject) => {
      setTimeout(resolve, ms, value);
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    }),
}));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const waiting = { id: 'w1', message: 'It is undone later.', done: 'It is undone.' };
const setUp = (answers: () => boolean) => {
  let asked = 0;
  const told: string[] = [];
  const notices = openNotices();
  notices.listen(({ id, level, message }) => void told.push(`${id ?? ''} ${level} ${message}`));
  const closing = new AbortController();
  const engine = {
    limits: { longMs: 1 },
    ask: () => {
      asked += 1;
      return answers() ? Promise.resolve() : Promise.reject(new NovaError('timeout', 'no', { retryable: true }));
    },
    answered: () => Promise.resolve(true),
  };
  const environment = { engine, notices, closing: closing.signal } as unknown as DockerEnvironment;
  return { environment, told, asked: () => asked, close: () => closing.abort() };
};

it('fault 35: an engine that hangs for an hour is asked one thing in half a minute, and the user is told at the begin and the end', async () => {
  let back = false;
  let done = 0;
  const { environment, told, asked } = setUp(() => back);
  const work = whenItAnswers(environment, async () => void (done += 1), waiting);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(asked()).toBeGreaterThan(100);
  expect(asked()).toBeLessThan(125);
  expect([done, told]).toEqual([0, ['w1 warning It is undone later.']]);
  back = true;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await work).toBe(true);
  expect([done, told]).toEqual([1, ['w1 warning It is undone later.', 'w1 info It is undone.']]);
});

it('tells nothing where the engine answers, and tries again what it could not do', async () => {
  let tries = 0;
  const { environment, told } = setUp(() => true);
  const work = whenItAnswers(
    environment,
    async () => {
      tries += 1;
      if (tries < 3) throw new NovaError('timeout', 'no', { retryable: true });
    },
    waiting,
  );
  await vi.advanceTimersByTimeAsync(60_000);
  expect([await work, tries, told]).toEqual([true, 3, []]);
});

it.each(['refused', 'closed'])('ends without success when it is %s', async (how) => {
  const { environment, close } = setUp(() => how === 'refused');
  const work = whenItAnswers(environment, () => Promise.reject(new NovaError('conflict', 'no')));
  await vi.advanceTimersByTimeAsync(10);
  close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await work).toBe(false);
});
