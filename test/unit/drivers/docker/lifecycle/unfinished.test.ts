import { expect, it } from 'vitest';
import type { DockerEnvironment } from '../../../../../drivers/docker/environment.ts';
import { openNotices } from '../../../../../drivers/docker/events/notices.ts';
import { whenItAnswers } from '../../../../../drivers/docker/lifecycle/unfinished.ts';
import { NovaError } from '../../../../../drivers/errors.ts';

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
  let nowMs = 0;
  let toldBefore: string[] = [];
  let done = 0;
  const { environment, told, asked } = setUp(() => nowMs >= 3_600_000);
  const wait = async (ms: number): Promise<void> => {
    nowMs += ms;
    toldBefore = [...told];
  };
  expect(await whenItAnswers(environment, async () => void (done += 1), waiting, wait)).toBe(true);
  expect(asked()).toBeGreaterThan(100);
  expect(asked()).toBeLessThan(125);
  expect(toldBefore).toEqual(['w1 warning It is undone later.']);
  expect([done, told]).toEqual([1, ['w1 warning It is undone later.', 'w1 info It is undone.']]);
});

it('tells nothing where the engine answers, and tries again what it could not do', async () => {
  let tries = 0;
  const { environment, told } = setUp(() => true);
  const work = async (): Promise<void> => {
    tries += 1;
    if (tries < 3) throw new NovaError('timeout', 'no', { retryable: true });
  };
  expect(await whenItAnswers(environment, work, waiting, async () => undefined)).toBe(true);
  expect([tries, told]).toEqual([3, []]);
});

it.each(['refused', 'closed'])('ends without success when it is %s', async (how) => {
  const { environment, close } = setUp(() => how === 'refused');
  const work = () => Promise.reject(new NovaError('conflict', 'no'));
  expect(await whenItAnswers(environment, work, undefined, async () => close())).toBe(false);
});
