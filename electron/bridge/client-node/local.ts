import { MessageChannel } from 'node:worker_threads';
import { createClient } from '../client/create-client.ts';
import type { BridgeClient } from '../client.ts';
import { serve } from '../dispatcher.ts';
import type { Handlers } from '../handlers.ts';
import type { Link } from '../link.ts';
import { type MainPort, portLink } from '../transports/message-port.ts';

/** A link to a host in this very process, through the same codec as any other. */
export function openLocalLink(handlers: Handlers): Link {
  const { port1, port2 } = new MessageChannel();
  // Node's port gives the data itself where Electron's gives an event.
  const asMain = (port: typeof port1): MainPort => ({
    postMessage: (message) => port.postMessage(message),
    on: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) =>
      event === 'message'
        ? port.on('message', (data: unknown) => listener({ data }))
        : port.on('close', () => listener({ data: null })),
    start: () => undefined,
    close: () => port.close(),
  });
  serve(portLink(asMain(port1)), handlers);
  return portLink(asMain(port2));
}

/** A client of a host in this very process. */
export function connectLocal(handlers: Handlers): BridgeClient {
  const link = openLocalLink(handlers);
  return createClient({ open: async () => link, reconnect: false });
}
