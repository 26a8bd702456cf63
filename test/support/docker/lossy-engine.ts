import { mkdtempSync, rmSync } from 'node:fs';
import { type ClientRequest, createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A way to an engine, for what `DOCKER_HOST` says. */
export type EngineProxy = { address: string; close(): Promise<void> };

/** A way to an engine on which the answer to the first request of a kind is lost. */
export type LossyEngine = EngineProxy & {
  /** How many answers were lost. */
  lost(): number;
};

/**
 * Passes requests on to the engine at `address` (a unix socket). The first one of this method and path is carried out, and its
 * connection breaks before a byte of the answer has come.
 */
export async function openLossyEngine(address: string, method: string, path: RegExp): Promise<LossyEngine> {
  let lost = 0;
  const proxy = await openEngineProxy(address, (asked, url) => {
    const lose = lost === 0 && asked === method && path.test(url);
    if (lose) lost += 1;
    return lose;
  });
  return { ...proxy, lost: () => lost };
}

/**
 * Passes requests on to the engine at `address` (a unix socket). `take` sees each before it is passed on; where it is true the answer is
 * lost. One for which it gives a promise reaches the engine when that resolves, whoever asked for it is gone by then or not.
 */
export async function openEngineProxy(
  address: string,
  take: (method: string, url: string) => boolean | Promise<void>,
): Promise<EngineProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'nova-proxy-'));
  const socketPath = join(folder, 'docker.sock');
  const server: Server = createServer((asked, answer) => {
    const taken = take(asked.method ?? '', asked.url ?? '');
    const pass = (): ClientRequest => {
      const passed = request(
        { socketPath: address.slice('unix://'.length), method: asked.method, path: asked.url, headers: asked.headers },
        (real) => {
          if (taken === true) {
            real.resume();
            real.once('end', () => asked.socket.destroy());
            return;
          }
          answer.writeHead(real.statusCode ?? 500, real.headers);
          real.pipe(answer);
        },
      );
      passed.once('error', () => asked.socket.destroy());
      return passed;
    };
    if (typeof taken === 'boolean') {
      asked.pipe(pass());
      return;
    }
    const parts: Buffer[] = [];
    asked.on('data', (part: Buffer) => parts.push(part));
    void taken.then(() => pass().end(Buffer.concat(parts)));
  });
  await new Promise<void>((resolve) => {
    server.listen(socketPath, resolve);
  });
  return {
    address: `unix://${socketPath}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
