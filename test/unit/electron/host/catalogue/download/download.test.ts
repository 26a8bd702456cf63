import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DownloadRequest, download } from '../../../../../../electron/host/catalogue/download/download.ts';
import { type DownloadPolicy, publicHttps } from '../../../../../../electron/host/catalogue/download/policy.ts';
import {
  type Answer,
  cutAfter,
  imageServer,
  redirect,
  serve,
  stall,
} from '../../../../../support/http/image-server.ts';
import { recordingContext } from '../../../../../support/operation.ts';

const body = randomBytes(300_000);
const local: DownloadPolicy = {
  protocols: ['http:', 'https:'],
  allowsAddress: (address) => address === '127.0.0.1',
  stallMs: 200,
  retries: 2,
};
let directory: string;
let closers: (() => Promise<void>)[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'novacron-download-'));
});
afterEach(async () => {
  await Promise.all(closers.map((close) => close()));
  closers = [];
  await rm(directory, { recursive: true, force: true });
});

async function start(answers: Answer[], expected: Uint8Array = body) {
  const server = await imageServer(answers);
  closers.push(() => server.close());
  const request: DownloadRequest = {
    url: server.url,
    target: join(directory, 'image.img'),
    checksum: { algorithm: 'sha256', hex: createHash('sha256').update(expected).digest('hex') },
    maxBytes: 1_000_000,
  };
  return { server, request };
}

describe('download', () => {
  test('a whole file lands with progress and nothing beside it', async () => {
    const { request } = await start([serve(body)]);
    const context = recordingContext();
    await download(context, request, local);
    expect(body.equals(await readFile(request.target))).toBe(true);
    expect(await readdir(directory)).toEqual(['image.img']);
    const fractions = context.progresses.map((entry) => entry.fraction).filter((fraction) => fraction !== null);
    expect(fractions.at(-1)).toBe(1);
    expect([...fractions].sort((a, b) => a - b)).toEqual(fractions);
  });

  test('fault 58: a connection that is cut is taken up where it ended', async () => {
    const { server, request } = await start([stall(body, 100_000), serve(body)]);
    let cuts = 0;
    const context = {
      ...recordingContext(),
      progress: () => {
        if (cuts === 0) server.cut();
        cuts += 1;
      },
    };
    await download(context, request, { ...local, stallMs: 20_000 });
    expect(body.equals(await readFile(request.target))).toBe(true);
    expect(server.requests[1]?.headers.range).toMatch(/^bytes=\d+-$/);
  });

  test('fault 58: a part of an earlier run is used', async () => {
    const { server, request } = await start([serve(body)]);
    await writeFile(`${request.target}.part`, body.subarray(0, 200_000));
    await writeFile(
      `${request.target}.part.json`,
      JSON.stringify({ url: request.url, checksum: request.checksum.hex }),
    );
    await download(recordingContext(), request, local);
    expect(server.requests[0]?.headers.range).toBe('bytes=200000-');
    expect(body.equals(await readFile(request.target))).toBe(true);
  });

  test('fault 58: a part of another version is thrown away', async () => {
    const { server, request } = await start([serve(body)]);
    await writeFile(`${request.target}.part`, randomBytes(200_000));
    await writeFile(`${request.target}.part.json`, JSON.stringify({ url: request.url, checksum: 'other' }));
    await download(recordingContext(), request, local);
    expect(server.requests[0]?.headers.range).toBeUndefined();
    expect(body.equals(await readFile(request.target))).toBe(true);
  });

  test('fault 58: a server that falls silent ends in a time-out, the part is kept for the next try', async () => {
    const { server, request } = await start([stall(body, 1000)]);
    await expect(download(recordingContext(), request, local)).rejects.toMatchObject({
      code: 'timeout',
      retryable: true,
    });
    expect(server.requests).toHaveLength(1 + local.retries);
    expect(await readdir(directory)).not.toContain('image.img');
  });

  test('fault 58: a wrong checksum leaves nothing behind', async () => {
    const { request } = await start([serve(body)], randomBytes(10));
    await expect(download(recordingContext(), request, local)).rejects.toMatchObject({ code: 'conflict' });
    expect(await readdir(directory)).toEqual([]);
  });

  test('fault 58: more than the announced length is not taken in', async () => {
    const short: Answer = (_request, response) => {
      response.socket?.end(`HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\n${'x'.repeat(5000)}`);
    };
    const { request } = await start([short]);
    await expect(download(recordingContext(), request, local)).rejects.toMatchObject({ name: 'NovaError' });
    expect(await readdir(directory)).not.toContain('image.img');
  });

  test('fault 58: less than the announced length is not taken for whole', async () => {
    const { request } = await start([cutAfter(body, 10)]);
    await expect(download(recordingContext(), request, local)).rejects.toMatchObject({ code: 'engine_unavailable' });
    expect(await readdir(directory)).not.toContain('image.img');
  });

  test('fault 58: a file without end is stopped at the limit and removed', async () => {
    const { request } = await start([
      (_request, response) => {
        response.writeHead(200);
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536)));
        };
        response.on('drain', more);
        more();
      },
    ]);
    await expect(download(recordingContext(), request, local)).rejects.toMatchObject({ code: 'resource_exhausted' });
    expect(await readdir(directory)).toEqual([]);
  });

  test.each([
    ['a file', 'file:///etc/passwd'],
    ['another protocol', 'ftp://127.0.0.1/image.img'],
    ['a private address', 'http://10.0.0.1/image.img'],
    ['the metadata address of clouds', 'http://169.254.169.254/latest'],
    ['an address with a password', 'http://user:secret@127.0.0.1/'],
  ])('fault 58: a redirect to %s is refused', async (_what, location) => {
    const { server, request } = await start([redirect(location)]);
    await expect(download(recordingContext(), request, local)).rejects.toMatchObject({ code: 'permission_denied' });
    expect(server.requests).toHaveLength(1);
    expect(await readdir(directory)).toEqual([]);
  });

  test('fault 58: a name that leads to this machine is refused before a connection', async () => {
    const { server, request } = await start([serve(body)]);
    const named = { ...request, url: request.url.replace('127.0.0.1', 'localhost') };
    const policy = { ...publicHttps, protocols: ['http:'] };
    await expect(download(recordingContext(), named, policy)).rejects.toMatchObject({ code: 'permission_denied' });
    expect(server.requests).toHaveLength(0);
  });

  test('redirects without end are given up', async () => {
    const { server, request } = await start([redirect('/again')]);
    await expect(download(recordingContext(), request, local)).rejects.toMatchObject({ code: 'engine_unavailable' });
    expect(server.requests).toHaveLength(6);
  });

  test('a cancel keeps the part and says so', async () => {
    const controller = new AbortController();
    const { request } = await start([stall(body, 1000)]);
    const context = recordingContext(controller.signal);
    const running = download({ ...context, progress: () => controller.abort() }, request, local);
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect((await readdir(directory)).sort()).toEqual(['image.img.part', 'image.img.part.json']);
  });

  test('a missing file is told with its status', async () => {
    const { request } = await start([(_request, response) => response.writeHead(404).end()]);
    await expect(download(recordingContext(), request, local)).rejects.toThrow(/status 404/);
  });
});
