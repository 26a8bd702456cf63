import type { WebSocket } from 'ws';
import type { Link } from '../link.ts';

/** A link over a server-side WebSocket. Frames beyond the server's `maxPayload` close it with code 1009. */
export function webSocketLink(socket: WebSocket): Link {
  // A broken frame is followed by the close, which is what matters.
  socket.on('error', () => undefined);
  return {
    send: (message) => {
      if (socket.readyState === socket.OPEN) socket.send(message);
    },
    bufferedBytes: () => socket.bufferedAmount,
    onMessage(listener) {
      socket.on('message', (data: Buffer, isBinary) => {
        listener(isBinary ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : data.toString('utf8'));
      });
    },
    onClose(listener) {
      socket.once('close', listener);
    },
    close: () => socket.close(),
  };
}
