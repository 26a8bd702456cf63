import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDockerDriver } from '../../../drivers/docker/driver.ts';
import type { Driver, WorkloadRef } from '../../../drivers/driver.ts';
import { workloadSpecSchema } from '../../../drivers/spec.ts';
import { importBusybox, startDaemon, type TestDaemon, whyNoDocker } from '../../support/docker/daemon.ts';
import { recordingContext } from '../../support/operation.ts';

const why = await whyNoDocker();
const never = new AbortController().signal;

async function* bytes(...parts: (string | Uint8Array)[]): AsyncIterable<Uint8Array> {
  for (const part of parts) yield typeof part === 'string' ? new TextEncoder().encode(part) : part;
}
async function all(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe.skipIf(why !== null)(`files of a container${why === null ? '' : ` (skipped: ${why})`}`, () => {
  const root = mkdtempSync(join(tmpdir(), 'nova-files-'));
  let daemon: TestDaemon;
  let driver: Driver;
  let ref: WorkloadRef;
  const files = () => driver.files ?? expect.fail('no files');
  const put = (path: string, text: string) =>
    files().write(ref, path, bytes(text), { sizeBytes: Buffer.byteLength(text) }, never);
  const get = async (path: string) => (await all((await files().read(ref, path, never)).content)).toString();
  const names = async (path: string) => (await files().list(ref, path)).entries.map((one) => one.name);

  beforeAll(async () => {
    daemon = await startDaemon();
    const image = await importBusybox(daemon.address);
    driver = createDockerDriver({ root, env: { DOCKER_HOST: daemon.address } });
    const spec = workloadSpecSchema.parse({
      name: 'files',
      driver: 'docker',
      settings: {
        image,
        command: [
          'sh',
          '-c',
          'mkdir -p /d/sub; echo old > /d/f; chown 7:8 /d/f; chmod 600 /d/f; ln -sfn /d /link; mkfifo /pipe; ln -sfn a /circle; ln -sfn circle /a; sleep 1000',
        ],
        mounts: [
          { type: 'volume', source: 'files-data', target: '/data' },
          { type: 'tmpfs', target: '/mem' },
        ],
      },
    });
    const handle = await driver.create(recordingContext(), 'files', spec);
    ref = { id: 'files', name: 'files', spec, handle };
    await driver.start(recordingContext(), ref);
    await vi.waitFor(async () => expect(await names('/')).toContain('a'), { timeout: 30_000, interval: 100 });
  });
  afterAll(async () => {
    await driver?.remove(recordingContext(), ref);
    await driver?.close();
    await daemon?.dispose();
    rmSync(root, { recursive: true, force: true });
  });

  it('lists, reads and writes, running and stopped, through links and in volumes', async () => {
    const check = async () => {
      expect(await names('/')).toEqual(expect.arrayContaining(['bin', 'd', 'data', 'link']));
      const { entries, truncated } = await files().list(ref, '/d');
      expect(truncated).toBe(false);
      expect(entries).toMatchObject([
        { name: 'f', kind: 'file', sizeBytes: 4, mode: 0o600 },
        { name: 'sub', kind: 'directory' },
      ]);
      expect(await names('/link')).toEqual(['f', 'sub']);
      expect(await names('/d/sub')).toEqual([]);
      expect(await files().stat(ref, '/link')).toMatchObject({ kind: 'directory' });
      expect(await get('/link/f')).toBe('old\n');
      await put('/data/new', 'in the volume');
      expect(await get('/data/new')).toBe('in the volume');
      await put('/data/empty', '');
      expect(await get('/data/empty')).toBe('');
    };
    await check();
    // Owner and mode of a file that is replaced stay.
    await put('/d/f', 'two\n');
    const inside = await driver.exec?.(ref, { command: ['stat', '-c', '%u:%g %a', '/d/f'], tty: false });
    expect((await all(inside?.output ?? bytes())).toString().trim()).toBe('7:8 600');
    await put('/d/f', 'old\n');
    await driver.stop(recordingContext(), ref, { graceMs: 0, force: true });
    await check();
    await driver.start(recordingContext(), ref);
  });

  it('says what is wrong with a path', async () => {
    await expect(files().list(ref, '/nothing')).rejects.toMatchObject({ code: 'not_found' });
    await expect(files().list(ref, '/d/f')).rejects.toMatchObject({ code: 'invalid_spec' });
    await expect(files().stat(ref, '/circle')).rejects.toMatchObject({
      code: expect.stringMatching(/invalid_spec|not_found|internal/),
    });
    await expect(files().read(ref, '/pipe', never)).rejects.toMatchObject({ code: 'invalid_spec' });
    await expect(put('/nothing/x', 'x')).rejects.toMatchObject({ code: 'not_found' });
    await expect(put('/d/sub', 'x')).rejects.toMatchObject({ code: 'invalid_spec' });
  });

  it('lists and reads what has a line break in its name', async () => {
    const made = await driver.exec?.(ref, {
      command: [
        'sh',
        '-c',
        `mkdir /odd; cd /odd; echo in >"$(printf 'two\\nlines')"; mkdir "$(printf 'x\\n41ed 1 1 ')"`,
      ],
      tty: false,
    });
    expect((await all(made?.output ?? bytes())).toString()).toBe('');
    expect(await names('/odd')).toEqual(['two\nlines', 'x\n41ed 1 1 ']);
    expect(await get('/odd/two\nlines')).toBe('in\n');
  });

  it('says what the engine can not reach, and puts nothing where nothing inside finds it', async () => {
    const made = await driver.exec?.(ref, { command: ['sh', '-c', 'echo in > /mem/there; ls /mem'], tty: false });
    expect((await all(made?.output ?? bytes())).toString()).toBe('there\n');
    expect(await names('/mem')).toEqual(['there']);
    const away = { code: 'unsupported', message: expect.stringContaining('kept in memory') as string };
    await expect(get('/mem/there')).rejects.toMatchObject(away);
    await expect(put('/mem/new', 'x')).rejects.toMatchObject(away);
    await expect(put('/proc/new', 'x')).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('carries 20 MB both ways without a change', async () => {
    const piece = Buffer.alloc(1024 * 1024, 'abcdefghijklmnopqrstuvwxyz');
    const parts = Array.from({ length: 20 }, () => piece);
    await files().write(ref, '/data/big', bytes(...parts), { sizeBytes: 20 * piece.length }, never);
    expect((await all((await files().read(ref, '/data/big', never)).content)).equals(Buffer.concat(parts))).toBe(true);
  });

  it('refuses what is longer or shorter than it was told', async () => {
    for (const sizeBytes of [3, 5]) {
      await expect(files().write(ref, '/data/wrong', bytes('four'), { sizeBytes }, never)).rejects.toMatchObject({
        code: 'invalid_spec',
      });
    }
  });

  it('unpacks a good archive', async () => {
    const archive = pack();
    archive.entry({ name: 'tree/', type: 'directory' });
    archive.entry({ name: 'tree/one' }, 'first');
    archive.entry({ name: 'tree/two', type: 'symlink', linkname: 'one' });
    archive.finalize();
    await files().write(ref, '/data', archive as AsyncIterable<Uint8Array>, { sizeBytes: 1e6, archive: true }, never);
    expect(await get('/data/tree/two')).toBe('first');
  });

  it.each([
    ['a step upwards', { name: '../evil' }],
    ['an absolute name', { name: '/evil' }],
    ['a link to outside', { name: 'evil', type: 'symlink' as const, linkname: '../../etc' }],
    ['a hard link to outside', { name: 'evil', type: 'link' as const, linkname: '/etc/passwd' }],
    ['a device', { name: 'evil', type: 'character-device' as const }],
  ])('fault 57: an archive with %s is refused, and nothing of it is kept', async (_what, header) => {
    const archive = pack();
    archive.entry(header, 'type' in header ? '' : 'evil');
    archive.finalize();
    await expect(
      files().write(ref, '/d/sub', archive as AsyncIterable<Uint8Array>, { sizeBytes: 1e6, archive: true }, never),
    ).rejects.toMatchObject({ code: 'invalid_spec' });
    expect(await names('/d/sub')).toEqual([]);
    expect(await names('/d')).toEqual(['f', 'sub']);
  });
});
