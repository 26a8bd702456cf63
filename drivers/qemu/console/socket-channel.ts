import { connect } from 'node:net';
import type { ByteChannel } from '../../driver.ts';
import { NovaError } from '../../errors.ts';

/** A channel to a unix socket of QEMU, such as VNC, whose protocol has its own flow control. */
export async function openSocketChannel(path: string, what: string): Promise<ByteChannel> {
  const socket = connect({ path });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (cause) =>
      reject(new NovaError('engine_unavailable', `${what} cannot be reached.`, { cause, retryable: true })),
    );
  });
  // The reader sees the end of the stream; a reset by QEMU's end is no more than that.
  socket.on('error', () => socket.destroy());
  async function* output(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of socket) {
        yield chunk as Buffer;
      }
    } catch {
      // Ended by a reset or by close().
    }
  }
  return {
    output: output(),
    write(bytes) {
      return new Promise((resolve, reject) => {
        socket.write(bytes, (error) => {
          if (error === null || error === undefined) {
            resolve();
          } else {
            reject(new NovaError('wrong_state', `${what} is closed.`, { cause: error }));
          }
        });
      });
    },
    close() {
      socket.destroy();
    },
  };
}
