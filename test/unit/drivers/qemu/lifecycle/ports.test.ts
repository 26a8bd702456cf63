import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isListening } from '../../../../../drivers/qemu/lifecycle/ports.ts';

test('fault 13: a monitor whose queue is full is held by somebody; a file alone is by nobody', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'nq-ports-'));
  const path = join(directory, 'qmp');
  expect(await isListening(path)).toBe(false);
  writeFileSync(path, '');
  expect(await isListening(path)).toBe(false);
  rmSync(path);
  const server = createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => {
    server.listen({ path, backlog: 1 }, resolve);
  });
  // All in one turn of the event loop: the server takes nobody in between, so that its queue overflows.
  expect(await Promise.all(Array.from({ length: 10 }, () => isListening(path)))).toEqual(Array(10).fill(true));
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true, force: true });
});
