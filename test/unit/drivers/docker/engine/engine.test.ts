import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEngine } from '../../../../../drivers/docker/engine/engine.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nova-engine-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('fault 35: a request that only reads leaves no connection to an engine that hangs; the answer to another is waited for', async () => {
  const socketPath = join(folder, 'docker.sock');
  const open = new Set<string>();
  const closed = Promise.withResolvers<void>();
  let answer = (): void => undefined;
  const server = createServer((asked, answering) => {
    const method = String(asked.method);
    open.add(method);
    if (method === 'POST') answer = () => void answering.end('{}');
    asked.socket.once('close', () => {
      open.delete(method);
      if (method === 'GET') closed.resolve();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(socketPath, resolve);
  });
  const limits = { requestMs: 40, longMs: 40, stopMarginMs: 40, stallMs: 40 };
  const engine = createEngine({ address: `unix://${socketPath}`, socketPath }, limits);
  const read = engine.ask('Looking', () => engine.docker.listContainers(), 500);
  await expect(read).rejects.toMatchObject({ code: 'timeout', retryable: true });
  await closed.promise;
  expect(await engine.answered(0)).toBe(true);
  const write = engine.ask('Starting', () => engine.docker.getContainer('x').start());
  await expect(write).rejects.toMatchObject({ code: 'timeout' });
  await expect.poll(() => [...open]).toEqual(['POST']);
  expect(await engine.answered(0)).toBe(false);
  answer();
  expect(await engine.answered(5_000)).toBe(true);
  server.closeAllConnections();
  server.close();
});
