import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { socketLink } from '../../../../electron/bridge/transports/unix-socket.ts';

describe('link over a unix socket', () => {
  let directory: string;
  let server: Server;
  let far: Promise<Socket>;
  let near: Socket;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'nova-socket-'));
    server = createServer();
    far = new Promise((resolve) => {
      server.once('connection', resolve);
    });
    await new Promise<void>((resolve) => {
      server.listen(join(directory, 's'), resolve);
    });
    near = connect(join(directory, 's'));
  });
  afterEach(() => {
    near.destroy();
    server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('carries text and bytes of any cut', async () => {
    const received: (string | number[])[] = [];
    socketLink(await far).onMessage((message) => received.push(typeof message === 'string' ? message : [...message]));
    const link = socketLink(near);
    link.send('grüße');
    link.send(new Uint8Array([1, 0, 255]));
    link.send('');
    await expect.poll(() => received).toEqual(['grüße', [1, 0, 255], '']);
    // One frame in single bytes.
    for (const byte of [0, 0, 0, 2, 0, 111, 107]) near.write(Buffer.from([byte]));
    await expect.poll(() => received.at(-1)).toBe('ok');
  });

  it.each([
    ['too long a frame', [0xff, 0, 0, 0, 0]],
    ['an unknown kind', [0, 0, 0, 1, 7, 1]],
  ])('fault 59: closes on %s', async (_what, bytes) => {
    socketLink(await far, 1000).onMessage(() => undefined);
    const closed = new Promise((resolve) => {
      near.once('close', resolve);
    });
    near.resume();
    near.write(Buffer.from(bytes));
    await closed;
  });
});
