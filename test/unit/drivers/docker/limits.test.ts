import { describe, expect, it } from 'vitest';
import { giveUp } from '../../../../drivers/docker/engine/limits.ts';

const never = (): Promise<never> => new Promise(() => undefined);

describe('giveUp', () => {
  it('gives an ordinary request up after its time', async () => {
    await expect(giveUp(5, 1_000, never, new AbortController().signal)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  });

  it('waits for a long one while the engine answers, and gives it up when it does not any more', async () => {
    let pings = 0;
    const ping = (): Promise<unknown> => {
      pings += 1;
      return pings < 3 ? Promise.resolve('OK') : Promise.reject(Object.assign(new Error('gone'), { code: 'ENOENT' }));
    };
    await expect(giveUp(0, 5, ping, new AbortController().signal)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(pings).toBe(3);
  });

  it('gives a long one up when a ping stays without an answer', async () => {
    const ping = (signal: AbortSignal): Promise<never> =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    await expect(giveUp(0, 5, ping, new AbortController().signal)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  });

  it('takes an engine that refuses a ping for one that lives', async () => {
    let pings = 0;
    const over = new AbortController();
    const ping = (): Promise<never> => {
      pings += 1;
      if (pings === 2) over.abort();
      return Promise.reject(Object.assign(new Error('no'), { statusCode: 403 }));
    };
    const first = await Promise.race([
      giveUp(0, 2, ping, over.signal),
      new Promise((resolve) => over.signal.addEventListener('abort', () => resolve('ended'))),
    ]);
    expect(first).toBe('ended');
  });
});
