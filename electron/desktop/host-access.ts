import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../bridge/client/create-client.ts';
import type { BridgeClient } from '../bridge/client.ts';
import { openLocalLink } from '../bridge/client-node/local.ts';
import { openSocket } from '../bridge/client-node/socket.ts';
import { NovaError } from '../bridge/contract.ts';
import { serve } from '../bridge/dispatcher.ts';
import type { Link } from '../bridge/link.ts';
import { relay } from '../bridge/relay.ts';
import { openLocalHost } from '../compose.ts';
import { type Directories, resolveDirectories } from '../host/directories.ts';
import { hostSocketPath } from '../server/socket-path.ts';
import { listenSocket } from '../server/socket-server.ts';

/** How long the application looks for a host that has the data directory and does not listen yet, or not any more, milliseconds. */
const busyLimitMs = 30_000;
const busyPollMs = 100;

/** The host that the window shows: its own, or the one that has the data directory already (`novacron serve`). */
export type HostAccess = {
  directories: Directories;
  /** Whether the host is in this process. It can become so when the other one ends. */
  own(): boolean;
  /** Serves a page's port until one side closes. */
  serve(link: Link): void;
  /** A client that finds its host again when the other one ends. */
  client: BridgeClient;
  /** Closes our own host; another one goes on. Idempotent. */
  close(): Promise<void>;
};

type OwnHost = { openLink(): Link; serve(link: Link): void; close(): Promise<void> };

async function openOwnHost(
  env: Record<string, string | undefined>,
  onInternalError: (method: string, error: unknown) => void,
): Promise<OwnHost> {
  const { host, directories } = await openLocalHost(env);
  // The command line reaches the host of the window as it reaches that of the server.
  const socket = await listenSocket(host.handlers, directories.runtime, { onInternalError }).catch(
    async (error: unknown) => {
      await host.close();
      throw error;
    },
  );
  return {
    openLink: () => openLocalLink(host.handlers),
    serve: (link) => serve(link, host.handlers, { onInternalError }),
    async close() {
      await socket.close();
      await host.close();
    },
  };
}

/** Opens our own host, or finds the one that has the data directory. Throws what `openLocalHost` throws, `conflict` after half a minute. */
export async function openHostAccess(
  env: Record<string, string | undefined>,
  onInternalError: (method: string, error: unknown) => void,
): Promise<HostAccess> {
  const directories = resolveDirectories(env);
  let own: OwnHost | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  /** Our own host once it is open, else a new connection to the other one. */
  const find = async (): Promise<Link | OwnHost> => {
    const endMs = Date.now() + busyLimitMs;
    for (;;) {
      if (own !== null) return own;
      if (closed) throw new NovaError('engine_unavailable', 'The application is closing.');
      try {
        own = await openOwnHost(env, onInternalError);
        return own;
      } catch (error) {
        const taken = error instanceof NovaError && error.code === 'conflict' && 'pid' in error.details;
        if (!taken) throw error;
        const link = await openSocket(hostSocketPath(directories.runtime)).catch(() => null);
        if (link !== null) return link;
        if (Date.now() > endMs) throw error;
      }
      await sleep(busyPollMs);
    }
  };
  /** One at a time: two tries would take each other's lock for another program's. */
  const next = (): Promise<Link | OwnHost> => {
    const found = last.then(find);
    last = found.catch(() => undefined);
    return found;
  };

  const serveLink = async (link: Link): Promise<void> => {
    // Messages that come before the host is found wait here: a link keeps none of its own.
    const early: (string | Uint8Array)[] = [];
    link.onMessage((message) => early.push(message));
    try {
      const found = await next();
      if ('send' in found) {
        for (const message of early) found.send(message);
        relay(link, found);
        return;
      }
      let receive: ((message: string | Uint8Array) => void) | null = null;
      link.onMessage((message) => receive?.(message));
      found.serve({
        ...link,
        onMessage(listener) {
          receive = listener;
          for (const message of early.splice(0)) listener(message);
        },
      });
    } catch (error) {
      onInternalError('bridge', error);
      // The page asks for another port by itself.
      link.close();
    }
  };

  const first = await next();
  let spare: Link | null = 'send' in first ? first : null;
  const client = createClient({
    async open() {
      const given = spare;
      spare = null;
      const found = given ?? (await next());
      if ('send' in found) return found;
      return found.openLink();
    },
    reconnect: true,
  });
  return {
    directories,
    own: () => own !== null,
    serve: (link) => {
      if (own === null) void serveLink(link);
      else own.serve(link);
    },
    client,
    async close() {
      closed = true;
      client.close();
      await own?.close();
    },
  };
}
