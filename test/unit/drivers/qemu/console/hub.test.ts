import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createConsoleHub } from '../../../../../drivers/qemu/console/hub.ts';
import { inputPath } from '../../../../../drivers/qemu/console/pipe.ts';
import type { Machine } from '../../../../../drivers/qemu/machine/machine.ts';
import { machinePaths } from '../../../../../drivers/qemu/machine/paths.ts';
import { poll } from '../../../../support/qemu/wait.ts';

const windows = process.platform === 'win32';

test.skipIf(windows)(
  `input for a new run is not lost by the end of the old run${windows ? ' (skipped: Windows has no FIFOs)' : ''}`,
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'nq-hub-'));
    const paths = { ...machinePaths(directory, directory, 'a'), serialPipe: join(directory, 'serial') };
    spawnSync('mkfifo', [inputPath(paths)]);
    // As QEMU has it open: without waiting for a writer.
    const fifo = openSync(inputPath(paths), constants.O_RDWR | constants.O_NONBLOCK);
    try {
      const machine = { paths, record: { run: { boot: 1 } } } as unknown as Machine;
      const hub = createConsoleHub(machine);
      const channel = hub.open({});
      await channel.write(Buffer.from('old'));
      hub.ended();
      // More than a pipe takes in at once: it is still being written when the old end is closed.
      const written = channel.write(Buffer.alloc(300_000, 'x'));
      let done = false;
      const finish = async (): Promise<void> => {
        await written;
        done = true;
      };
      const finished = finish();
      let bytes = 0;
      const buffer = Buffer.alloc(10_000);
      await new Promise(setImmediate);
      await poll('the input', () => {
        try {
          bytes += readSync(fifo, buffer);
        } catch {
          // Nothing there just now.
        }
        return done ? true : null;
      });
      await finished;
      expect(bytes).toBeGreaterThan(200_000);
      hub.close();
    } finally {
      closeSync(fifo);
      rmSync(directory, { recursive: true, force: true });
    }
  },
);
