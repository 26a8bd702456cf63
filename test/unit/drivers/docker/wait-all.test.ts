import { describe, expect, it } from 'vitest';
import { eachAtMost, waitAll } from '../../../../drivers/docker/wait-all.ts';

describe('waitAll', () => {
  it('brings all results in order', async () => {
    expect(await waitAll([Promise.resolve('a'), 2, null])).toEqual(['a', 2, null]);
  });

  it('fails only when the others have ended too', async () => {
    const ended: string[] = [];
    const slow = new Promise<void>((resolve) => {
      setImmediate(() => {
        ended.push('slow');
        resolve();
      });
    });
    await expect(waitAll([Promise.reject(new Error('first')), slow])).rejects.toThrow('first');
    expect(ended).toEqual(['slow']);
  });
});

describe('eachAtMost', () => {
  it('does so many at one time, all in the end, the results in order', async () => {
    let now = 0;
    let most = 0;
    const results = await eachAtMost(2, ['a', 'b', 'c', 'd', 'e'], async (item, index) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise(setImmediate);
      now -= 1;
      return `${item}${index}`;
    });
    expect(results).toEqual(['a0', 'b1', 'c2', 'd3', 'e4']);
    expect(most).toBe(2);
  });

  it('begins no more after a failure', async () => {
    const begun: number[] = [];
    const work = eachAtMost(2, [0, 1, 2, 3], async (item) => {
      begun.push(item);
      if (item === 1) throw new Error('one');
    });
    await expect(work).rejects.toThrow('one');
    expect(begun).toEqual([0, 1]);
  });
});
