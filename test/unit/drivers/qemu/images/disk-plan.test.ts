import { expect, test } from 'vitest';
import { type DiskSettings, diskArguments } from '../../../../../drivers/qemu/images/disk-plan.ts';
import type { ImageFacts } from '../../../../../drivers/qemu/images/inspect.ts';
import { MiB } from '../../../../../drivers/spec.ts';

const disk = (change: Partial<DiskSettings>): DiskSettings => ({ use: 'overlay', readOnly: false, ...change });
const vmdk: ImageFacts = { format: 'vmdk', virtualBytes: 20 * MiB, fileBytes: 65_536 };
const path = '/m/disk0.qcow2';
const convert = `json:${JSON.stringify({ driver: 'vmdk', 'read-only': true, file: { driver: 'file', filename: '/i/a,b' } })}`;

test.each<[string, DiskSettings, ImageFacts | null, string[][]]>([
  [
    'a new disk, in whole sectors',
    disk({ sizeBytes: MiB + 1 }),
    null,
    [['create', '-q', '-f', 'qcow2', path, String(MiB + 512)]],
  ],
  [
    'an overlay names the format that was found, not one that was guessed',
    disk({ image: '/i/a,b' }),
    vmdk,
    [['create', '-q', '-f', 'qcow2', '-u', '-b', '/i/a,b', '-F', 'vmdk', path, String(20 * MiB)]],
  ],
  [
    'an import opens the image as what it is',
    disk({ image: '/i/a,b', use: 'import' }),
    vmdk,
    [['convert', '-p', '-O', 'qcow2', convert, path]],
  ],
  [
    'a larger import is grown',
    disk({ image: '/i/a,b', use: 'import', sizeBytes: 40 * MiB }),
    vmdk,
    [
      ['convert', '-p', '-O', 'qcow2', convert, path],
      [
        'resize',
        '-q',
        `json:${JSON.stringify({ driver: 'qcow2', file: { driver: 'file', filename: path } })}`,
        String(40 * MiB),
      ],
    ],
  ],
])('%s', (_title, settings, image, calls) => {
  expect(diskArguments(settings, image, 0, path)).toEqual(calls);
});

test('an image that is larger than its disk is refused at its field', () => {
  expect(() => diskArguments(disk({ image: '/i/a', sizeBytes: MiB }), vmdk, 2, path)).toThrowError(
    expect.objectContaining({ code: 'invalid_spec', details: { field: 'settings.disks.2.sizeBytes' } }),
  );
});
