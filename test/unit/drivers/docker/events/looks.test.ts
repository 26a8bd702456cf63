import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openLooks } from '../../../../../drivers/docker/events/looks.ts';

it('looks at few at one time, once more at what changed meanwhile, and tells a waiting value once', async () => {
  let [now, most] = [0, 0];
  const seen: string[] = [];
  const looks = openLooks<string>(async (key) => {
    now += 1;
    most = Math.max(most, now);
    await turn();
    now -= 1;
    if (key === 'broken') throw new Error('gone');
    return key === 'none' ? null : key;
  });
  for (let index = 0; index < 100; index += 1) looks.look(`k${index}`);
  looks.look('k0');
  looks.look('k99');
  looks.look('none');
  looks.look('broken');
  for (let index = 0; index < 1000; index += 1) looks.tell('foreign');
  looks.end();
  for await (const value of looks.values()) seen.push(value);
  expect(most).toBe(8);
  expect(seen.filter((one) => one === 'foreign')).toHaveLength(1);
  // k0 was under way and is looked at again; k99 still waited.
  expect(seen.filter((one) => one === 'k0')).toHaveLength(2);
  expect(seen.filter((one) => one === 'k99')).toHaveLength(1);
  expect(seen).toHaveLength(102);
});
