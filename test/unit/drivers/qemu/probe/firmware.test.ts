import { expect, test } from 'vitest';
import { type Firmware, firmwareFor, readDescriptor } from '../../../../../drivers/qemu/probe/firmware.ts';

const descriptor = (change: Record<string, unknown> = {}): string =>
  JSON.stringify({
    description: 'UEFI without Secure Boot',
    'interface-types': ['uefi'],
    mapping: {
      device: 'flash',
      executable: { filename: '/f/CODE.fd', format: 'raw' },
      'nvram-template': { filename: '/f/VARS.fd', format: 'raw' },
    },
    targets: [{ architecture: 'x86_64', machines: ['pc-i440fx-*', 'pc-q35-*'] }],
    features: ['acpi-s3'],
    tags: [],
    ...change,
  });

const plain: Firmware = {
  arch: 'x86_64',
  machines: ['pc-i440fx-*', 'pc-q35-*'],
  description: 'UEFI without Secure Boot',
  code: '/f/CODE.fd',
  variables: '/f/VARS.fd',
};

test.each<[string, string, Firmware[]]>([
  ['UEFI in flash', descriptor(), [plain]],
  ['one that needs SMM', descriptor({ features: ['requires-smm'] }), []],
  ['one that lets only signed systems boot', descriptor({ features: ['secure-boot'] }), []],
  ['a BIOS', descriptor({ 'interface-types': ['bios'] }), []],
  ['firmware in memory, without variables', descriptor({ mapping: { device: 'memory', filename: '/f/SEV.fd' } }), []],
  ['no JSON', '{', []],
  ['no descriptor', '[]', []],
])('%s', (_title, text, found) => {
  expect(readDescriptor(text)).toEqual(found);
});

test.each<[string, string, boolean]>([
  ['x86_64', 'pc-q35-7.2', true],
  ['x86_64', 'pc-i440fx-7.2', true],
  ['x86_64', 'microvm', false],
  ['aarch64', 'pc-q35-7.2', false],
])('%s, %s: %s', (arch, type, fits) => {
  expect(firmwareFor([{ ...plain, arch: 'arm', machines: ['*'] }, plain], arch, type)).toBe(fits ? plain : null);
});

test('a pattern without a star is the whole name', () => {
  expect(firmwareFor([{ ...plain, machines: ['virt'] }], 'x86_64', 'virt-7.2')).toBeNull();
});
