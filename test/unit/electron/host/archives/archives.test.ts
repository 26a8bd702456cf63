import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkArchive } from '../../../../../electron/host/archives/check-archive.ts';
import { entryFault } from '../../../../../electron/host/archives/entry.ts';
import { createTestPlace } from '../../../../support/host/open-test-host.ts';

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
  ['a link to an absolute path', { name: 'l', type: 'symlink', linkname: '/etc' }],
  ['a link outside', { name: 'a/l', type: 'symlink', linkname: '../../etc' }],
  ['a hard link outside', { name: 'a/l', type: 'link', linkname: '../etc/passwd' }],
  ['a device', { name: 'd', type: 'block-device' }],
  ['a pipe', { name: 'p', type: 'fifo' }],
];

test.each([
  [{ name: 'manifest.json', type: 'file' }],
  [{ name: './a/b', type: 'directory' }],
  [{ name: 'a..b/..c', type: 'file' }],
  // As `docker save` shares layers.
  [{ name: 'abc/layer.tar', type: 'symlink', linkname: '../def/layer.tar' }],
  [{ name: 'a/b', type: 'link', linkname: 'a/c' }],
])('may be unpacked: %j', (entry) => {
  expect(entryFault(entry)).toBeNull();
});

describe('archives', () => {
  let place: string;
  const file = (content: Buffer): string => {
    const path = join(place, `f${Math.random()}`);
    writeFileSync(path, content);
    return path;
  };
  const { signal } = new AbortController();
  beforeAll(() => {
    place = mkdtempSync(join(tmpdir(), 'nova-archives-'));
  });
  afterAll(() => rmSync(place, { recursive: true }));

  test.each(evil)('fault 57: %s is refused, packed or not', async (_, header) => {
    const content = await tar({ name: 'manifest.json' }, header);
    for (const packed of [content, gzipSync(content), zstdCompressSync(content)]) {
      await expect(checkArchive(file(packed), signal)).rejects.toMatchObject({
        code: 'invalid_spec',
        details: { field: 'path' },
      });
    }
  });

  test('fault 57: a damaged one is refused', async () => {
    const content = gzipSync(await tar({ name: 'a' }, { name: 'b' }));
    await expect(checkArchive(file(content.subarray(0, content.length / 2)), signal)).rejects.toMatchObject({
      code: 'invalid_spec',
    });
  });

  test('one without fault passes; what is no archive is not looked at', async () => {
    const content = await tar({ name: 'a/', type: 'directory' }, { name: 'a/b' });
    await checkArchive(file(content), signal);
    await checkArchive(file(gzipSync(content)), signal);
    await checkArchive(file(Buffer.from('QFI\xfb', 'latin1')), signal);
    await checkArchive(file(Buffer.alloc(0)), signal);
    await expect(checkArchive(join(place, 'none'), signal)).rejects.toMatchObject({ code: 'not_found' });
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
