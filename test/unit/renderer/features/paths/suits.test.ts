import { expect, test } from 'vitest';
import { suits } from '../../../../../renderer/features/paths/suits.ts';

test.each([
  ['debian.qcow2', ['qcow2', 'img'], true],
  ['DEBIAN.IMG', ['qcow2', 'img'], true],
  ['qcow2', ['qcow2'], false],
  ['notes.txt', ['qcow2'], false],
  ['vmlinuz-6.1', [], true],
])('%s with %j: %s', (name, extensions, fits) => {
  expect(suits(name, extensions)).toBe(fits);
});
