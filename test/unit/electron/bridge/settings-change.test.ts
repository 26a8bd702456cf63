import { expect, test } from 'vitest';
import { methods, settingsChangeSchema, settingsSchema } from '../../../../electron/bridge/contract.ts';

test('a change of some settings leaves the absent ones absent, so that they stay as they are', () => {
  expect(methods['settings.set'].input.parse({ consoleFontSize: 15 })).toEqual({ consoleFontSize: 15 });
  expect(methods['settings.set'].input.parse({})).toEqual({});
});

test('every setting can be changed, and an unknown one is refused', () => {
  expect(Object.keys(settingsChangeSchema.shape)).toEqual(Object.keys(settingsSchema.shape));
  expect(methods['settings.set'].input.safeParse({ colour: 'red' }).success).toBe(false);
});
