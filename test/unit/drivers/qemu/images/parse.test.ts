import { describe, expect, test } from 'vitest';
import type { HeaderResult, ImageFormat } from '../../../../../drivers/qemu/images/header/facts.ts';
import { parseHeader } from '../../../../../drivers/qemu/images/header/parse.ts';
import { MiB } from '../../../../../drivers/spec.ts';
import { type Qcow2Fields, qcow2, type VdiFields, vdi, vhdx, vmdk } from '../../../../support/qemu/headers.ts';
import { createRandom } from '../../../../support/random.ts';

function parse(file: Buffer, declared?: ImageFormat, fileBytes = file.length): HeaderResult {
  return parseHeader((offset, length) => file.subarray(offset, offset + length), fileBytes, declared);
}

const made: Record<Exclude<ImageFormat, 'raw'>, Buffer> = { qcow2: qcow2(), vmdk: vmdk(), vdi: vdi(), vhdx: vhdx() };

describe('sound images', () => {
  test.each(Object.entries(made))('%s', (format, file) => {
    expect(parse(file)).toEqual({ ok: true, format, virtualBytes: 8 * MiB });
    expect(parse(file, format as ImageFormat)).toEqual({ ok: true, format, virtualBytes: 8 * MiB });
  });
  test.each<[string, Buffer]>([
    ['version 2', qcow2({ version: 2 })],
    ['extended L2 entries', qcow2({ features: 16n })],
    ['an unknown extension that changes nothing', qcow2({ extensions: [[0x6803f857, 'names of features']] })],
  ])('qcow2 with %s', (_title, file) => {
    expect(parse(file)).toEqual({ ok: true, format: 'qcow2', virtualBytes: 8 * MiB });
  });
  test('what has no known beginning is raw, of the size of its file', () => {
    expect(parse(Buffer.alloc(4096))).toEqual({ ok: true, format: 'raw', virtualBytes: 4096 });
  });
  test('an image that is declared raw is taken as bytes, whatever it begins with', () => {
    expect(parse(qcow2(), 'raw')).toEqual({ ok: true, format: 'raw', virtualBytes: 4 * 65536 });
  });
});

describe('fault 56: evil images are refused before any tool runs', () => {
  const TiB = 1024n ** 4n;
  test.each<[string, Qcow2Fields, RegExp]>([
    ['a backing file', { backingOffset: 512 }, /backing file/],
    ['a backing format', { extensions: [[0xe2792aca, 'raw']] }, /backing file/],
    ['a data file by feature', { features: 4n }, /another file/],
    ['a data file by extension', { extensions: [[0x44415441, '/etc/shadow']] }, /another file/],
    [
      'a data file behind another extension',
      {
        extensions: [
          [1, 'x'],
          [0x44415441, '/etc/shadow'],
        ],
      },
      /another file/,
    ],
    ['unknown features', { features: 1n << 40n }, /features that are not known/],
    ['the dirty mark', { features: 1n }, /dirty or corrupt/],
    ['the corrupt mark', { features: 2n }, /dirty or corrupt/],
    ['encryption', { encryption: 2 }, /encrypted/],
    ['encryption by extension', { extensions: [[0x0537be77, 'x']] }, /encrypted/],
    ['a version to come', { version: 4 }, /version 4/],
    ['clusters of 2 GiB', { clusterBits: 31 }, /clusters/],
    ['clusters of one byte', { clusterBits: 0 }, /clusters/],
    ['an absurd size', { virtualBytes: 65n * TiB }, /64 TiB/],
    ['a size beyond all numbers', { virtualBytes: 2n ** 64n - 1n }, /64 TiB/],
    ['no size', { virtualBytes: 0n }, /0 bytes/],
    ['a table too small for its size', { virtualBytes: TiB }, /does not fit/],
    ['a table of 32 GiB', { l1Entries: 0xffffffff }, /does not fit/],
    ['a table outside the file', { l1Offset: 2n ** 40n }, /cut off/],
    ['a table at an odd place', { l1Offset: 65537n }, /cut off/],
    ['a table over the header', { l1Offset: 0n }, /cut off/],
    ['reference counts outside the file', { refcountOffset: 2n ** 63n }, /cut off/],
    ['reference counts longer than the file', { refcountClusters: 0xffffffff }, /cut off/],
    ['a header without an end', { headerLength: 0xfffffff8 }, /header of/],
    ['a header too short', { headerLength: 8 }, /header of/],
    ['an extension that leads out', { extensions: [[7, 'x'.repeat(65536)]] }, /reach out/],
  ])('qcow2 with %s', (_title, fields, reason) => {
    expect(parse(qcow2(fields))).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  test('qcow2 with extensions without end', () => {
    const many = Array.from({ length: 100 }, (): [number, string] => [7, '']);
    expect(parse(qcow2({ extensions: many }))).toEqual({ ok: false, reason: expect.stringMatching(/too many/) });
  });

  const description = (text: string): Buffer => vmdk({ description: `# Disk DescriptorFile\n${text}\n` });
  test.each<[string, Buffer, RegExp]>([
    ['a parent', description('parentCID=0badcafe'), /parent/],
    ['data in other files', description('createType="twoGbMaxExtentFlat"'), /other files/],
    ['a raw device', description('createType="fullDevice"'), /other files/],
    ['no capacity', vmdk({ capacity: 0n }), /other files/],
    ['an absurd capacity', vmdk({ capacity: 2n ** 60n }), /64 TiB/],
    ['a description outside the file', vmdk({ descriptionAt: 2n ** 30n }), /cut off/],
    ['a description beyond all numbers', vmdk({ descriptionAt: 2n ** 63n }), /out of bounds/],
    ['an unknown version', vmdk({ version: 9 }), /version 9/],
    [
      'nothing but a description',
      Buffer.from('# Disk DescriptorFile\nRW 1 FLAT "/etc/shadow" 0\n'),
      /names other files/,
    ],
  ])('vmdk with %s', (_title, file, reason) => {
    expect(parse(file)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  test.each<[string, VdiFields, RegExp]>([
    ['a parent', { parent: true }, /parent/],
    ['the kind of a difference', { type: 4 }, /stand on another/],
    ['an unknown version', { version: 2 }, /version/],
    ['an absurd size', { virtualBytes: 2n ** 60n }, /64 TiB/],
    ['odd blocks', { blockBytes: 7 }, /block size/],
    ['a table too small', { blocks: 1 }, /does not fit/],
    ['a table outside the file', { blocks: 0xffffffff }, /cut off/],
  ])('vdi with %s', (_title, fields, reason) => {
    expect(parse(vdi(fields))).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  test.each<[string, Buffer, RegExp]>([
    ['the flag of a parent', vhdx({ parentFlag: true }), /parent/],
    ['the place of a parent', vhdx({ parentLocator: true }), /parent/],
    ['an absurd size', vhdx({ virtualBytes: 2n ** 60n }), /64 TiB/],
    ['nothing behind its signature', Buffer.from('vhdxfile'.padEnd(4096, '\0')), /cut off/],
  ])('vhdx with %s', (_title, file, reason) => {
    expect(parse(file)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  test.each<[string, string, RegExp]>([
    ['VHD', 'conectix', /VHD/],
    ['QED', 'QED\0', /not one of/],
    ['Parallels', 'WithoutFreeSpace', /not one of/],
    ['LUKS', 'LUKS\xba\xbe', /encrypted/],
    ['COWD', 'COWD', /ESX/],
  ])('an image of the kind %s', (_title, start, reason) => {
    const file = Buffer.alloc(4096);
    file.write(start, 0, 'latin1');
    expect(parse(file)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  test('an image that is not what it is said to be', () => {
    expect(parse(Buffer.alloc(4096), 'qcow2')).toEqual({ ok: false, reason: expect.stringContaining('said to be') });
    expect(parse(vdi(), 'vmdk')).toEqual({ ok: false, reason: expect.stringContaining('said to be') });
  });

  test('an empty file', () => {
    expect(parse(Buffer.alloc(0))).toEqual({ ok: false, reason: expect.stringContaining('0 bytes') });
  });
});

describe('fault 30: truncated and fuzzed images never throw, and what is taken is within bounds', () => {
  const check = (result: HeaderResult): void => {
    if (result.ok) {
      expect(result.virtualBytes).toBeGreaterThan(0);
      expect(result.virtualBytes).toBeLessThanOrEqual(64 * 1024 ** 4);
    } else {
      expect(result.reason).not.toBe('');
    }
  };

  test.each(Object.entries(made))('%s cut off at every place of its first bytes', (format, file) => {
    // Shorter, the header or the table right behind it is cut off.
    const leastBytes = { vmdk: 512, vdi: 512 + 8 * 4 }[format] ?? 600;
    for (let length = 12; length < 600; length += 1) {
      const result = parse(file.subarray(0, length), format as ImageFormat);
      if (length < leastBytes) {
        expect(result.ok, `${format} of ${length} bytes`).toBe(false);
      }
      check(result);
    }
  });

  test('qcow2 cut off within its tables', () => {
    for (const length of [65536, 100_000, 131_071, 196_608]) {
      expect(parse(made.qcow2.subarray(0, length)).ok).toBe(false);
    }
  });

  test.each(Object.entries(made))('%s with bytes changed by chance', (format, file) => {
    const random = createRandom(format.length * 7919);
    // Where the fields are; a change elsewhere is data.
    const regions = format === 'vhdx' ? [0, 192 * 1024, 2 * MiB, 2 * MiB + 64 * 1024] : [0];
    for (let round = 0; round < 3000; round += 1) {
      const changed = new Map<number, number>();
      for (let count = 0; count <= random.below(4); count += 1) {
        changed.set(random.pick(regions) + random.below(0x200), random.below(256));
      }
      const old = [...changed.keys()].map((at): [number, number] => [at, file[at] ?? 0]);
      for (const [at, value] of changed) {
        file[at] = value;
      }
      check(parse(file));
      check(parse(file, format as ImageFormat));
      for (const [at, value] of old) {
        file[at] = value;
      }
    }
    expect(parse(file).ok).toBe(true);
  });

  test('no change of one byte in a qcow2 header lets a name of another file through', () => {
    const file = qcow2({ backingOffset: 512, features: 4n, extensions: [[0x44415441, '/etc/shadow']] });
    for (let at = 4; at < 104; at += 1) {
      const old = file[at] ?? 0;
      for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
        file[at] = value;
        expect(parse(file, 'qcow2').ok, `byte ${at} = ${value}`).toBe(false);
      }
      file[at] = old;
    }
  });
});
