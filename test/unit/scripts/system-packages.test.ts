import { expect, test } from 'vitest';
import { qemuNeed, testNeeds } from '../../../scripts/setup/needs.ts';
import { installCommand } from '../../../scripts/setup/system-packages.ts';

test.each([
  ['apt', 'sudo apt-get install qemu-system-x86 qemu-utils'],
  ['dnf', 'sudo dnf install qemu-system-x86 qemu-img'],
  ['brew', 'brew install qemu'],
  [null, null],
] as const)('the command of %s', (manager, expected) => {
  expect(installCommand(manager, [qemuNeed])).toBe(expected);
});

test('everything that tests need has a package on Debian', () => {
  for (const need of testNeeds) expect(need.packages.apt?.length, need.purpose).toBeGreaterThan(0);
});

test('without a known package no command is printed', () => {
  expect(installCommand('winget', [{ purpose: 'x', isThere: () => false, packages: { apt: ['x'] } }])).toBeNull();
});
