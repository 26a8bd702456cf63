import { closeSync, constants, existsSync, openSync, rmSync, symlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { NovaError } from '../../errors.ts';
import type { MachinePaths } from '../machine/paths.ts';
import { consoleLogPath } from '../plan/arguments.ts';
import { runTool } from '../probe/tool.ts';

/** Making a FIFO takes a millisecond. */
const makeMs = 10_000;

/** The end into which input for the guest is written. */
export function inputPath(paths: MachinePaths): string {
  return `${paths.serialPipe}.in`;
}

/** Makes both ends of the serial pipe before QEMU opens them: a FIFO for input, and a new record for output. */
export async function preparePipe(paths: MachinePaths): Promise<void> {
  const input = inputPath(paths);
  if (!existsSync(input)) {
    const made = await runTool('mkfifo', ['-m', '600', input], { timeoutMs: makeMs });
    if (made.exitCode !== 0) {
      throw new NovaError(
        'internal',
        `The serial console's pipe could not be made: ${made.failure ?? made.stderr.trim()}`,
      );
    }
  }
  closeSync(openSync(consoleLogPath(paths), 'w', 0o600));
  const output = `${paths.serialPipe}.out`;
  rmSync(output, { force: true });
  symlinkSync(consoleLogPath(paths), output);
}

/**
 * Opens the input end. Written to without blocking: a guest that takes nothing holds up its writer only. Throws `engine_unavailable`
 * when QEMU does not have the other end open.
 */
export function openInput(paths: MachinePaths): Socket {
  try {
    const fd = openSync(inputPath(paths), constants.O_WRONLY | constants.O_NONBLOCK);
    return new Socket({ fd, readable: false, writable: true });
  } catch (cause) {
    throw new NovaError('engine_unavailable', 'The serial console takes no input now.', { cause, retryable: true });
  }
}
