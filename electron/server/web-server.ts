import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { NovaError } from '../bridge/contract.ts';
import { type ServeOptions, serve } from '../bridge/dispatcher.ts';
import type { Handlers } from '../bridge/handlers.ts';
import { webSocketLink } from '../bridge/transports/web-socket.ts';
import { maxClientMessageBytes } from '../bridge/wire.ts';
import { cookieHeader, hasCookie, isOwnOrigin, namesOf, sameToken } from './auth.ts';
import { fileFor, sendFile } from './files.ts';

// Not by `import`: that reads every export of the module, and one of them loads a whole HTTP client, some 100 ms of each start.
const { createServer } = process.getBuiltinModule('node:http');

/** A listening server. */
export type WebServer = {
  port: number /** The address to open, with the token. */;
  address: string;
  close(): Promise<void>;
};

const refuse = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${text}\n`);
};

/** The request's address; null where it is none: any program of this machine may send anything. */
function urlOf(request: IncomingMessage): URL | null {
  return URL.parse(request.url ?? '/', 'http://localhost');
}

/** Serves the built page and the bridge. Without the token's cookie nothing but a refusal. Port 0 takes a free one. */
export async function listenWeb(options: {
  handlers: Handlers;
  pageDirectory: string;
  token: string;
  port: number;
  /** Address to listen on; loopback unless the user says otherwise. */
  bind: string;
  serve?: ServeOptions;
}): Promise<WebServer> {
  const { token } = options;
  let port = options.port;
  const names = namesOf(options.bind);
  const own = (request: IncomingMessage): boolean => isOwnOrigin(request, port, names);

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (!own(request)) {
      refuse(response, 403, 'Open NovaCron by the address that it printed.');
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      refuse(response, 405, 'Only GET.');
      return;
    }
    const url = urlOf(request);
    if (url === null) {
      refuse(response, 400, 'The address can not be read.');
      return;
    }
    const given = url.searchParams.get('token');
    if (given !== null && sameToken(given, token)) {
      response.writeHead(303, {
        location: '/',
        'set-cookie': cookieHeader(port, token),
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
      });
      response.end();
      return;
    }
    if (!hasCookie(request, port, token)) {
      refuse(response, 401, 'Open NovaCron by the address that it printed: it carries the token.');
      return;
    }
    const found = fileFor(options.pageDirectory, url.pathname);
    if (found === null) refuse(response, 404, 'There is no such page.');
    else sendFile(response, found);
  };

  const server = createServer(answer);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxClientMessageBytes });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A refused client may be gone before the refusal.
    socket.on('error', () => socket.destroy());
    const allowed = own(request) && request.headers.origin !== undefined && hasCookie(request, port, token);
    if (urlOf(request)?.pathname !== '/bridge' || !allowed) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => {
      serve(webSocketLink(opened), options.handlers, options.serve);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new NovaError('conflict', `Port ${port} is taken; choose another with --port, or 0 for any.`, {
              cause: error,
            })
          : new NovaError('internal', `The server can't listen on ${options.bind}:${port}: ${error.message}`, {
              cause: error,
            }),
      );
    });
    server.listen(port, options.bind, resolve);
  });
  port = (server.address() as AddressInfo).port;
  const shown = options.bind === '0.0.0.0' || options.bind === '::' ? '127.0.0.1' : options.bind;
  return {
    port,
    address: `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}/?token=${token}`,
    async close() {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
