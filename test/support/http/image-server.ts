import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers one request; the server counts them. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on this machine that answers each request with the next of `answers`; the last one stays. `cut` drops all connections. The caller closes it. */
export async function imageServer(
  answers: Answer[],
): Promise<{ url: string; requests: IncomingMessage[]; cut(): void; close(): Promise<void> }> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)];
    requests.push(request);
    answer?.(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/image.img`,
    requests,
    cut: () => {
      server.closeAllConnections();
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Serves `body` and honours a range, as publishers do. */
export function serve(body: Uint8Array): Answer {
  return (request, response) => {
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    const from = range?.[1] === undefined ? 0 : Number(range[1]);
    if (from > 0 && from >= body.length) {
      response.writeHead(416).end();
      return;
    }
    const headers: Record<string, string> = { 'content-length': String(body.length - from) };
    if (from > 0) headers['content-range'] = `bytes ${from}-${body.length - 1}/${body.length}`;
    response.writeHead(from > 0 ? 206 : 200, headers).end(body.subarray(from));
  };
}

/** Announces all of `body` from the asked range, sends `bytes` of it and cuts the connection. */
export function cutAfter(body: Uint8Array, bytes: number): Answer {
  return (_request, response) => {
    response.writeHead(200, { 'content-length': String(body.length) });
    response.write(body.subarray(0, bytes), () => {
      response.destroy();
    });
  };
}

/** Sends a little and then nothing. */
export function stall(body: Uint8Array, bytes: number): Answer {
  return (_request, response) => {
    response.writeHead(200, { 'content-length': String(body.length) });
    response.write(body.subarray(0, bytes));
  };
}

/** Sends elsewhere. */
export function redirect(location: string): Answer {
  return (_request, response) => {
    response.writeHead(302, { location }).end();
  };
}
