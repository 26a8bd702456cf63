import type { Socket } from 'node:net';
import type { Link } from '../link.ts';
import { maxClientMessageBytes } from '../wire.ts';

/** Header of a frame on a socket: u32 length of the rest, u8 kind (0 text, 1 bytes). */
const headerBytes = 5;
/** How long a closed link may still send what it has, milliseconds; a side that does not read gets no longer. */
const flushLimitMs = 2_000;

/** A link over a stream socket. `maxBytes` bounds what the other side may send in one frame; a longer one closes the link. */
export function socketLink(socket: Socket, maxBytes = maxClientMessageBytes): Link {
  let onMessage: (message: string | Uint8Array) => void = () => undefined;
  let parts: Buffer[] = [];
  let waiting = 0;
  let needed = headerBytes;
  socket.on('error', () => undefined);
  const read = (chunk: Buffer): void => {
    parts.push(chunk);
    waiting += chunk.length;
    // Joined once a frame is whole: joining for each chunk would copy a long frame again and again.
    if (waiting < needed) return;
    let rest: Buffer = parts.length === 1 ? chunk : Buffer.concat(parts);
    needed = headerBytes;
    while (rest.length >= headerBytes) {
      const length = rest.readUInt32BE(0);
      const kind = rest.readUInt8(4);
      if (length > maxBytes || kind > 1) {
        socket.destroy();
        return;
      }
      if (rest.length < headerBytes + length) {
        needed = headerBytes + length;
        break;
      }
      const payload = rest.subarray(headerBytes, headerBytes + length);
      rest = rest.subarray(headerBytes + length);
      onMessage(kind === 0 ? payload.toString('utf8') : new Uint8Array(payload));
    }
    parts = rest.length === 0 ? [] : [rest];
    waiting = rest.length;
  };
  return {
    send(message) {
      if (socket.destroyed || !socket.writable) return;
      const payload = typeof message === 'string' ? Buffer.from(message, 'utf8') : message;
      const header = Buffer.alloc(headerBytes);
      header.writeUInt32BE(payload.length, 0);
      header.writeUInt8(typeof message === 'string' ? 0 : 1, 4);
      socket.cork();
      socket.write(header);
      socket.write(payload);
      socket.uncork();
    },
    bufferedBytes: () => socket.writableLength,
    onMessage(listener) {
      onMessage = listener;
      socket.on('data', read);
    },
    onClose(listener) {
      socket.once('close', () => listener());
    },
    close: () => {
      socket.end();
      setTimeout(() => socket.destroy(), flushLimitMs).unref();
    },
  };
}
