import { WebSocket } from 'ws';
import { createClient } from '../../electron/bridge/client/create-client.ts';
import type { BridgeClient } from '../../electron/bridge/client.ts';
import { webSocketLink } from '../../electron/bridge/transports/web-socket.ts';
import { cookieName } from '../../electron/server/auth.ts';

/** A client over the WebSocket, as a window has it. `address` is the one with the token. The caller closes it. */
export function connectWeb(address: string): BridgeClient {
  const url = new URL(address);
  const cookie = `${cookieName(Number(url.port))}=${url.searchParams.get('token') ?? ''}`;
  const open = (): Promise<WebSocket> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://${url.host}/bridge`, { headers: { cookie, origin: url.origin } });
      socket.once('open', () => resolve(socket));
      socket.once('error', reject);
    });
  return createClient({ open: async () => webSocketLink(await open()), reconnect: false });
}
