import type { Link } from '../link.ts';

/** The part of a browser's MessagePort that is used here. */
export type BrowserPort = {
  postMessage(message: unknown): void;
  addEventListener(type: 'message' | 'close', listener: (event: { data?: unknown }) => void): void;
  start(): void;
  close(): void;
};

/** The part of Electron's MessagePortMain that is used here. */
export type MainPort = {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
};

const asMessage = (data: unknown): string | Uint8Array | null =>
  typeof data === 'string' || data instanceof Uint8Array ? data : null;

/**
 * A link over a port. Bytes are posted as they are, without a transfer list: MessagePortMain loses messages whose list
 * holds an ArrayBuffer.
 */
export function portLink(port: BrowserPort | MainPort): Link {
  let onMessage: (message: string | Uint8Array) => void = () => undefined;
  let onClose: () => void = () => undefined;
  let closed = false;
  const receive = (event: { data?: unknown }): void => {
    const message = asMessage(event.data);
    // What is neither text nor bytes is answered as a message that can't be read.
    onMessage(message ?? 'null');
  };
  const end = (): void => {
    if (closed) return;
    closed = true;
    onClose();
  };
  if ('on' in port) {
    port.on('message', receive);
    port.on('close', end);
  } else {
    port.addEventListener('message', receive);
    port.addEventListener('close', end);
  }
  return {
    send: (message) => {
      if (!closed) port.postMessage(message);
    },
    bufferedBytes: () => 0,
    onMessage(listener) {
      onMessage = listener;
      port.start();
    },
    onClose(listener) {
      onClose = listener;
    },
    close() {
      port.close();
      end();
    },
  };
}
