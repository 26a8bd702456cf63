import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ArchiveUse } from '../../../drivers/archive.ts';
import { readArchive } from '../../../drivers/read-archive.ts';
import { createTestPlace } from '../../support/host/open-test-host.ts';

type Entry = {
  name: string;
  type?: 'file' | 'directory' | 'symlink' | 'link' | 'block-device' | 'fifo';
  linkname?: string;
};

async function tar(...headers: Entry[]): Promise<Buffer> {
  const stream = pack();
  for (const header of headers) {
    stream.entry({ ...header }, header.type === undefined || header.type === 'file' ? 'text' : '');
  }
  stream.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const evil: [string, Entry][] = [
  ['../', { name: '../escaped' }],
  ['../ in the middle', { name: 'a/../../escaped' }],
  ['an absolute path', { name: '/etc/cron.d/x' }],
  ['a backslash', { name: 'a\\..\\..\\x' }],
  ['a drive letter', { name: 'C:/x' }],
  ['a hard link outside', { name: 'a/l', type: 'link', linkname: '../etc/passwd' }],
];
/** Evil where the archive is unpacked below a folder, and ordinary in a root file system. */
const data: [string, Entry][] = [
  ['a link to an absolute path', { name: 'etc/mtab', type: 'symlink', linkname: '/proc/mounts' }],
  ['a link outside', { name: 'a/l', type: 'symlink', linkname: '../../etc' }],
  ['a device', { name: 'd', type: 'block-device' }],
  ['a pipe', { name: 'p', type: 'fifo' }],
];

describe('archives', () => {
  let place: string;
  const file = (content: Buffer): string => {
    const path = join(place, `f${Math.random()}`);
    writeFileSync(path, content);
    return path;
  };
  const { signal } = new AbortController();
  const read = (path: string, use: ArchiveUse = 'unpack', keep: string[] = []) =>
    readArchive(path, { subject: 'The archive', use, signal, keep });
  beforeAll(() => {
    place = mkdtempSync(join(tmpdir(), 'nova-archives-'));
  });
  afterAll(() => rmSync(place, { recursive: true }));

  test.each([...evil, ...data])('fault 57: %s is refused, packed or not', async (_, header) => {
    const content = await tar({ name: 'manifest.json' }, header);
    for (const packed of [content, gzipSync(content), zstdCompressSync(content)]) {
      await expect(read(file(packed))).rejects.toMatchObject({ code: 'invalid_spec', details: { field: 'path' } });
    }
  });

  test.each(evil)('fault 57: %s is refused in a root file system too', async (_, header) => {
    await expect(read(file(await tar(header)), 'root')).rejects.toMatchObject({ code: 'invalid_spec' });
  });

  test.each(data)('%s is data of a root file system', async (_, header) => {
    const content = await tar(header, { name: 'lib/systemd/system-x\\x2dy.slice' });
    expect(await read(file(content), 'root')).toMatchObject({ entries: 2 });
  });

  test('fault 57: a damaged one is refused', async () => {
    const content = gzipSync(await tar({ name: 'a' }, { name: 'b' }));
    await expect(read(file(content.subarray(0, content.length / 2)))).rejects.toMatchObject({
      code: 'invalid_spec',
    });
  });

  test('one without fault passes; what is no archive is not looked at', async () => {
    const content = await tar({ name: 'a/', type: 'directory' }, { name: 'a/b' });
    expect(await read(file(content), 'unpack', ['a/b', 'none'])).toEqual({
      entries: 2,
      kept: new Map([['a/b', Buffer.from('text')]]),
    });
    expect(await read(file(gzipSync(content)))).toMatchObject({ entries: 2 });
    expect(await read(file(Buffer.from('QFI\xfb', 'latin1')))).toBeNull();
    expect(await read(file(Buffer.alloc(0)))).toBeNull();
    await expect(read(join(place, 'none'))).rejects.toMatchObject({ code: 'not_found' });
  });

  test('fault 57: no driver gets one that leads out of its folder', async () => {
    const hosts = createTestPlace();
    try {
      const { handlers, context, done } = await hosts.open();
      const path = file(await tar({ name: '../../escaped' }));
      const job = await done(handlers['images.import']({ driver: 'fake', path, name: 'evil:1' }, context));
      expect(job).toMatchObject({ state: 'failed', error: { code: 'invalid_spec' } });
      expect(await handlers['images.list']({ driver: 'fake' }, context)).toEqual([]);
      const good = await done(
        handlers['images.import']({ driver: 'fake', path: file(await tar({ name: 'a' })), name: 'good:1' }, context),
      );
      expect(good.state).toBe('succeeded');
    } finally {
      await hosts.clean();
    }
  });
});
