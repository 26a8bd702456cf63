import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A way to an engine on which the answer to the first request of a kind is lost. */
export type LossyEngine = {
  address: string;
  /** How many answers were lost. */
  lost(): number;
  close(): Promise<void>;
};

/**
 * Passes requests on to the engine at `address` (a unix socket). The first one of this method and path is carried out, and its
 * connection breaks before a byte of the answer has come.
 */
export async function openLossyEngine(address: string, method: string, path: RegExp): Promise<LossyEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'nova-lossy-'));
  const socketPath = join(folder, 'docker.sock');
  let lost = 0;
  const server: Server = createServer((asked, answer) => {
    const lose = lost === 0 && asked.method === method && path.test(asked.url ?? '');
    if (lose) lost += 1;
    const passed = request(
      { socketPath: address.slice('unix://'.length), method: asked.method, path: asked.url, headers: asked.headers },
      (real) => {
        if (lose) {
          real.resume();
          real.once('end', () => asked.socket.destroy());
          return;
        }
        answer.writeHead(real.statusCode ?? 500, real.headers);
        real.pipe(answer);
      },
    );
    passed.once('error', () => asked.socket.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => {
    server.listen(socketPath, resolve);
  });
  return {
    address: `unix://${socketPath}`,
    lost: () => lost,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
