import { connect, type Socket } from 'node:net';
import type { ByteChannel, OpenConsole } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { Machine } from '../machine/machine.ts';
import { consoleLogPath } from '../plan/arguments.ts';
import { followRecord } from './follow.ts';
import { createBell } from './wake.ts';

/** Default of `replayBytes`. */
export const defaultReplayBytes = 256 * 1024;
/** QEMU writes its record right after the socket; the readers look again then. */
const afterSocketMs = 3;

/** The serial console of one machine: one connection to its socket for all viewers. */
export type ConsoleHub = {
  open(options: OpenConsole): ByteChannel;
  /** The run has ended: viewers get the rest and then the end. */
  ended(): void;
  close(): void;
};

/**
 * Makes the hub. Output comes from the record that QEMU writes itself; the socket serves for input and as a bell. It is connected only
 * while somebody looks, and always drained, so that neither a viewer nor a frozen host can hold up the guest.
 */
export function createConsoleHub(machine: Machine): ConsoleHub {
  const bell = createBell();
  const viewers = new Set<object>();
  let socket: Socket | null = null;
  let connecting: Promise<Socket> | null = null;
  let timer: NodeJS.Timeout | null = null;

  const ringSoon = (): void => {
    bell.ring();
    timer ??= setTimeout(() => {
      timer = null;
      bell.ring();
    }, afterSocketMs);
  };

  const connectSocket = (): Promise<Socket> => {
    if (socket !== null) {
      return Promise.resolve(socket);
    }
    connecting ??= new Promise<Socket>((resolve, reject) => {
      const fresh = connect({ path: machine.paths.serialSocket });
      fresh.on('data', ringSoon);
      fresh.once('connect', () => {
        socket = fresh;
        connecting = null;
        resolve(fresh);
      });
      fresh.once('error', (cause) => {
        connecting = null;
        reject(
          new NovaError('engine_unavailable', 'The serial console cannot be reached.', { cause, retryable: true }),
        );
      });
      fresh.on('close', () => {
        socket = socket === fresh ? null : socket;
        bell.ring();
      });
    });
    return connecting;
  };

  const leave = (viewer: object): void => {
    viewers.delete(viewer);
    if (viewers.size === 0) {
      socket?.destroy();
      socket = null;
    }
  };

  return {
    open(options) {
      const { run } = machine.record;
      const viewer = {};
      let closed = false;
      const live = run !== null;
      const growing = (): boolean => live && machine.record.run?.boot === run.boot;
      if (live) {
        viewers.add(viewer);
        // Without the connection the viewer still sees all, a little later; a write says what is wrong.
        connectSocket().catch(() => undefined);
      }
      const reader = followRecord({
        path: consoleLogPath(machine.paths),
        replayBytes: options.replayBytes ?? defaultReplayBytes,
        growing,
        bell,
        closed: () => closed,
      });
      async function* output(): AsyncGenerator<Uint8Array> {
        try {
          yield* reader;
        } finally {
          closed = true;
          leave(viewer);
        }
      }
      return {
        output: output(),
        async write(bytes) {
          if (options.readOnly === true || closed || !growing()) {
            throw new NovaError(
              'wrong_state',
              options.readOnly === true ? 'This console was opened for reading only.' : 'The console is closed.',
            );
          }
          const target = await connectSocket();
          await new Promise<void>((resolve, reject) => {
            target.write(bytes, (error) => {
              if (error === null || error === undefined) {
                resolve();
              } else {
                reject(new NovaError('wrong_state', 'The console was closed.', { cause: error }));
              }
            });
          });
        },
        close() {
          closed = true;
          leave(viewer);
          bell.ring();
        },
      };
    },
    ended() {
      bell.ring();
    },
    close() {
      if (timer !== null) {
        clearTimeout(timer);
      }
      socket?.destroy();
      bell.ring();
    },
  };
}
