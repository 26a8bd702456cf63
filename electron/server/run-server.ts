import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openLocalHost } from '../compose.ts';
import { readToken } from './auth.ts';
import { listenSocket } from './socket-server.ts';
import { listenWeb } from './web-server.ts';

/** The built page: beside the bundle in `out/`, or in `out/` of the checkout when the source runs. */
function pageDirectory(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  return here.endsWith(join('electron', 'server')) ? join(here, '..', '..', 'out', 'renderer') : join(here, 'renderer');
}

/** Opens this machine's host and serves it to browsers and to the command line. `close` leaves all workloads running. */
export async function runServer(options: {
  env: Record<string, string | undefined>;
  port: number;
  bind: string;
}): Promise<{ address: string; close(): Promise<void> }> {
  const listening = Promise.withResolvers<void>();
  const { host, directories } = await openLocalHost(options.env, listening.promise);
  const onInternalError = (method: string, error: unknown): void => {
    process.stderr.write(
      `novacron: ${method}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
  };
  try {
    const serve = { onInternalError, checkOutput: options.env['NOVACRON_CHECK_OUTPUT'] === '1' };
    const socket = await listenSocket(host.handlers, directories.runtime, serve);
    const web = await listenWeb({
      handlers: host.handlers,
      pageDirectory: pageDirectory(),
      token: readToken(directories.data),
      port: options.port,
      bind: options.bind,
      serve,
    });
    // Behind the caller's word that it is ready: a look at the engines takes some 50 ms.
    setImmediate(() => listening.resolve());
    return {
      address: web.address,
      async close() {
        await web.close();
        await socket.close();
        await host.close();
      },
    };
  } catch (error) {
    await host.close();
    throw error;
  }
}
