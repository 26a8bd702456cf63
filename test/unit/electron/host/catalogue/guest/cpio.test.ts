import { describe, expect, test } from 'vitest';
import { writeCpio } from '../../../../../../electron/host/catalogue/guest/cpio.ts';

/** Reads the fields of the newc records back, after the kernel's documentation. */
function parse(bytes: Uint8Array) {
  const buffer = Buffer.from(bytes);
  const records: { name: string; mode: number; rdev: string; data: string }[] = [];
  for (let at = 0; at < buffer.length; ) {
    expect(buffer.toString('ascii', at, at + 6)).toBe('070701');
    const field = (index: number): number =>
      Number.parseInt(buffer.toString('ascii', at + 6 + index * 8, at + 14 + index * 8), 16);
    const nameStart = at + 110;
    const dataStart = Math.ceil((nameStart + field(11)) / 4) * 4;
    const name = buffer.toString('utf8', nameStart, nameStart + field(11) - 1);
    records.push({
      name,
      mode: field(1),
      rdev: `${field(9)}:${field(10)}`,
      data: buffer.toString('utf8', dataStart, dataStart + field(6)),
    });
    at = Math.ceil((dataStart + field(6)) / 4) * 4;
  }
  return records;
}

describe('writeCpio', () => {
  test('each kind of entry reads back with its type, mode and content', () => {
    const bytes = writeCpio([
      { type: 'directory', path: 'dev' },
      { type: 'device', path: 'dev/console', major: 5, minor: 1, mode: 0o600 },
      { type: 'file', path: 'a', content: Buffer.from('hello') },
      { type: 'file', path: 'run', content: Buffer.from('#!'), mode: 0o755 },
      { type: 'link', path: 'init', target: 'bin/busybox' },
    ]);
    expect(parse(bytes)).toEqual([
      { name: 'dev', mode: 0o040755, rdev: '0:0', data: '' },
      { name: 'dev/console', mode: 0o020600, rdev: '5:1', data: '' },
      { name: 'a', mode: 0o100644, rdev: '0:0', data: 'hello' },
      { name: 'run', mode: 0o100755, rdev: '0:0', data: '#!' },
      { name: 'init', mode: 0o120777, rdev: '0:0', data: 'bin/busybox' },
      { name: 'TRAILER!!!', mode: 0o100000, rdev: '0:0', data: '' },
    ]);
  });

  test('the bytes depend on the content only', () => {
    const entries = [{ type: 'file', path: 'x', content: Buffer.from('y') }] as const;
    expect(Buffer.from(writeCpio(entries)).equals(Buffer.from(writeCpio(entries)))).toBe(true);
  });
});
