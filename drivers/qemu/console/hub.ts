import type { Socket } from 'node:net';
import type { ByteChannel, OpenConsole } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { Machine } from '../machine/machine.ts';
import { consoleLogPath } from '../plan/arguments.ts';
import { followRecord } from './follow.ts';
import { openInput } from './pipe.ts';
import { createBell } from './wake.ts';

/** Default of `replayBytes`. */
export const defaultReplayBytes = 256 * 1024;

/** The serial console of one machine, shared by all viewers. */
export type ConsoleHub = {
  open(options: OpenConsole): ByteChannel;
  /** The run has ended: viewers get the rest and then the end. */
  ended(): void;
  close(): void;
};

/**
 * Makes the hub. Output comes from the record that QEMU writes itself, input goes into a FIFO: nothing that a viewer or a frozen host
 * does or leaves undone can hold up the guest, and no byte is lost or doubled whoever comes when.
 */
export function createConsoleHub(machine: Machine): ConsoleHub {
  const bell = createBell();
  let input: Socket | null = null;

  const drop = (): void => {
    input?.destroy();
    input = null;
  };

  const send = (bytes: Uint8Array): Promise<void> => {
    let target = input;
    if (target === null) {
      const opened = openInput(machine.paths);
      target = opened;
      input = opened;
      // QEMU has ended: the next write opens anew. The close of an old end must not take the new one with it.
      const gone = (): void => {
        opened.destroy();
        input = input === opened ? null : input;
      };
      opened.on('error', gone);
      opened.on('close', gone);
    }
    const pipe = target;
    return new Promise((resolve, reject) => {
      pipe.write(bytes, (error) => {
        bell.ring();
        if (error === null || error === undefined) {
          resolve();
        } else {
          reject(new NovaError('wrong_state', 'The console was closed.', { cause: error }));
        }
      });
    });
  };

  return {
    open(options) {
      const { run } = machine.record;
      let closed = false;
      const growing = (): boolean => run !== null && machine.record.run?.boot === run.boot;
      const reader = followRecord({
        path: consoleLogPath(machine.paths),
        replayBytes: options.replayBytes ?? defaultReplayBytes,
        growing,
        bell,
        closed: () => closed,
      });
      return {
        output: reader,
        async write(bytes) {
          if (options.readOnly === true) {
            throw new NovaError('wrong_state', 'This console was opened for reading only.');
          }
          if (closed || !growing()) {
            throw new NovaError('wrong_state', 'The console is closed: the machine does not run.');
          }
          await send(bytes);
        },
        close() {
          closed = true;
          bell.ring();
        },
      };
    },
    ended() {
      drop();
      bell.ring();
    },
    close() {
      drop();
      bell.ring();
    },
  };
}
