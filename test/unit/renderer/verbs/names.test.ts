import { expect, it } from 'vitest';
import { snapshotNameSchema, workloadNameSchema } from '../../../../electron/bridge/contract.ts';
import { freeName, stampName } from '../../../../renderer/verbs/names.ts';

it.each([
  ['demo', [], 'demo'],
  ['demo', ['demo'], 'demo-2'],
  ['demo', ['demo', 'demo-2', 'demo-3'], 'demo-4'],
  ['x'.repeat(70), ['x'.repeat(63)], `${'x'.repeat(61)}-2`],
])('a free name for %s', (wish, taken, name) => {
  expect(freeName(wish, new Set(taken))).toBe(name);
  expect(workloadNameSchema.safeParse(name).success).toBe(true);
});

it.each(['en', 'en-GB', 'de', 'ja', 'ar'])('a stamp is a snapshot name in %s', (language) => {
  expect(snapshotNameSchema.safeParse(stampName('Snapshot', new Date(0), language)).error).toBeUndefined();
});
