import { closeSync, fstatSync, openSync, readSync, watch } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';

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
