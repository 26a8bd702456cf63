import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createFreezeGate } from '../../../../drivers/docker/freeze-gate.ts';

describe('freezes and starts of commands', () => {
  it('a freeze waits until each start has begun for good; later starts wait for the freeze; others are not held', async () => {
    const gate = createFreezeGate();
    const told: string[] = [];
    const answer = Promise.withResolvers<void>();
    const runs = Promise.withResolvers<void>();
    const frozen = Promise.withResolvers<void>();
    const first = gate.start('a', async (until) => {
      until(runs.promise);
      await answer.promise;
      told.push('answered');
    });
    const freeze = gate.freeze('a', async () => {
      told.push('frozen');
      await frozen.promise;
      return 'done';
    });
    const second = gate.start('a', async () => void told.push('later'));
    await gate.start('b', async () => void told.push('other'));
    answer.resolve();
    await first;
    await turn();
    expect(told).toEqual(['other', 'answered']);
    runs.resolve();
    await turn();
    expect(told).toEqual(['other', 'answered', 'frozen']);
    frozen.resolve();
    expect(await freeze).toBe('done');
    await second;
    expect(told).toEqual(['other', 'answered', 'frozen', 'later']);
  });

  it('one that fails or hangs holds nobody for ever', async () => {
    const gate = createFreezeGate(20);
    await expect(gate.start('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    void gate.start('a', () => new Promise<void>(() => undefined));
    await expect(gate.freeze('a', () => Promise.reject(new Error('not')))).rejects.toThrow('not');
    expect(await gate.freeze('a', async () => 1)).toBe(1);
    expect(await gate.start('a', async () => 2)).toBe(2);
  });
});
