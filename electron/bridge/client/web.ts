import type { BridgeClient } from '../client.ts';
import type { Link } from '../link.ts';
import { portLink } from '../transports/message-port.ts';
import { createClient } from './create-client.ts';

/** How long the window waits for the port of the Electron preload, milliseconds. */
const portWaitMs = 5_000;

/** A link over the browser's WebSocket. Resolves when it is open. */
export function openWebSocket(url: string): Promise<Link> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('error', () => {
      reject(new Error(`No connection to ${url}.`));
    });
    socket.addEventListener('open', () => {
      resolve({
        send: (message) => {
          if (socket.readyState === WebSocket.OPEN) socket.send(message as string | Uint8Array<ArrayBuffer>);
        },
        bufferedBytes: () => socket.bufferedAmount,
        onMessage(listener) {
          socket.addEventListener('message', (event: MessageEvent<string | ArrayBuffer>) => {
            listener(typeof event.data === 'string' ? event.data : new Uint8Array(event.data));
          });
        },
        onClose(listener) {
          socket.addEventListener('close', () => listener(), { once: true });
        },
        close: () => socket.close(),
      });
    });
  });
}

/** Waits for the port that the Electron preload hands to the page. */
function portFromPreload(): Promise<Link> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      window.removeEventListener('message', receive);
      reject(new Error('The desktop application did not hand over its port.'));
    }, portWaitMs);
    const receive = (event: MessageEvent<unknown>): void => {
      const data = event.data as { type?: unknown } | null;
      const port = event.ports[0];
      if (event.source !== window || data?.type !== 'novacron-port' || port === undefined) return;
      clearTimeout(timer);
      window.removeEventListener('message', receive);
      resolve(portLink(port));
    };
    window.addEventListener('message', receive);
    // The page may be ready after the port came: the preload sends it when it is asked.
    window.postMessage({ type: 'novacron-port-request' }, window.origin);
  });
}

/** The window's client: over the desktop application's port where the page runs in it, else over the WebSocket of the own origin. */
export function connectWindow(): BridgeClient {
  // The desktop application's preload leaves this name in the page.
  if ('novacronDesktop' in window) return createClient({ open: portFromPreload, reconnect: true });
  const scheme = window.location.protocol === 'https:' ? 'wss' : 'ws';
  return createClient({ open: () => openWebSocket(`${scheme}://${window.location.host}/bridge`), reconnect: true });
}
