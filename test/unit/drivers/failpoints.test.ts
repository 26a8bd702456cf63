import { afterEach, expect, test } from 'vitest';
import { failpoint, parseFailpoints, setFailpoint } from '../../../drivers/failpoints.ts';

afterEach(() => setFailpoint('qemu.start.intent', null));

test('settings', () => {
  expect([...parseFailpoints('a=kill,b=fail,c=delay:20')]).toEqual([
    ['a', 'kill'],
    ['b', 'fail'],
    ['c', { delayMs: 20 }],
  ]);
  expect(() => parseFailpoints('a=explode')).toThrowError(expect.objectContaining({ code: 'invalid_spec' }));
});

test('a point is nothing until it is set, and nothing after', async () => {
  await failpoint('qemu.start.intent');
  setFailpoint('qemu.start.intent', 'fail');
  await expect(failpoint('qemu.start.intent')).rejects.toMatchObject({ code: 'internal' });
  setFailpoint('qemu.start.intent', null);
  await failpoint('qemu.start.intent');
});
