import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync, watch } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import type { ByteChannel } from '../../../drivers/driver.ts';

/** A guest's serial line, read as soon as something is there. */
export type SerialLine = {
  /** Called with each piece at the moment of its arrival. */
  listen(listener: (bytes: Buffer) => void): void;
  write(text: string): void;
  close(): void;
};

/** The line behind a unix socket of QEMU. */
export function socketLine(path: string): SerialLine {
  const socket = connect({ path });
  // The guest was ended: nothing more comes, and whoever waits for it says so.
  socket.on('error', () => socket.destroy());
  return {
    listen(listener) {
      socket.on('data', (bytes) => {
        if (typeof bytes !== 'string') listener(bytes);
      });
    },
    write: (text) => void socket.write(text),
    close: () => socket.destroy(),
  };
}

/** The line behind a unix socket of QEMU, read by socat. */
export function socatLine(path: string): SerialLine {
  const child = spawn('socat', ['-', `UNIX-CONNECT:${path}`], { stdio: ['pipe', 'pipe', 'ignore'] });
  // It ends with the guest or is ended; whoever waits for more says so.
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  return {
    listen: (listener) => void child.stdout.on('data', listener),
    write: (text) => void child.stdin.write(text),
    close: () => void child.kill(),
  };
}

/** A console of the driver as a viewer has it. */
export function channelLine(channel: ByteChannel): SerialLine {
  return {
    listen(listener) {
      const read = async (): Promise<void> => {
        for await (const chunk of channel.output) listener(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
      };
      void read();
    },
    write: (text) => void channel.write(Buffer.from(text)),
    close: () => channel.close(),
  };
}

/** The line whose output QEMU writes into a file; `write` brings input to it. */
export function recordLine(path: string, write: (text: string) => void): SerialLine {
  const file = openSync(path, 'r');
  let offset = 0;
  const listeners: ((bytes: Buffer) => void)[] = [];
  const read = (): void => {
    const bytes = Buffer.alloc(fstatSync(file).size - offset);
    if (bytes.length === 0) return;
    offset += readSync(file, bytes, 0, bytes.length, offset);
    for (const listener of listeners) listener(bytes);
  };
  // The folder: a watch on the file itself is lost when an editor or a rotation replaces it.
  const watcher = watch(dirname(path), read);
  return {
    listen(listener) {
      listeners.push(listener);
      read();
    },
    write,
    close() {
      watcher.close();
      closeSync(file);
    },
  };
}
