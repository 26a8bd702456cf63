import type { Browser } from 'playwright';
import type { BridgeClient } from '../../../electron/bridge/client.ts';
import { type DaemonOptions, importBusybox, startDaemon, type TestDaemon } from '../docker/daemon.ts';
import { startBrowser } from './browser.ts';
import { clientOf } from './seed.ts';
import { buildPage, type ServerOptions, startServer, type TestServer } from './server.ts';

/** What a test of the window needs: a host with its web server, a client of it, and a browser. */
export type TestApp = {
  /** A test that ends it puts the next one here, and a client of it below. */
  server: TestServer;
  client: BridgeClient;
  browser: Browser;
  /** Closes the browser, removes all machines, and ends the host. Idempotent. */
  close(): Promise<void>;
};

/** Starts all of it. */
export async function openApp(options: ServerOptions = {}): Promise<TestApp> {
  await buildPage();
  const server = await startServer(options);
  let closed = false;
  const app: TestApp = {
    server,
    client: clientOf(server.home),
    browser: await startBrowser(),
    async close() {
      if (closed) return;
      closed = true;
      await app.browser.close();
      try {
        await removeMachines(app.client);
      } finally {
        app.client.close();
        await app.server.close();
      }
    },
  };
  return app;
}

async function removeMachines(client: BridgeClient): Promise<void> {
  for (const { id, spec } of await client.call('workloads.list', {})) {
    if (spec.driver !== 'qemu') continue;
    const { job } = await client.call('workloads.remove', { workload: id, now: true });
    await client.call('jobs.wait', { job: job.id });
  }
}

/** The same with a dockerd. */
export type DockerApp = TestApp & { daemon: TestDaemon };

/** Starts all of it and a dockerd of its own, which holds the image `busybox:test`. */
export async function openDockerApp(
  options: { daemon?: DaemonOptions; env?: Record<string, string> } = {},
): Promise<DockerApp> {
  const daemon = await startDaemon([], options.daemon);
  try {
    await importBusybox(daemon.address);
    const app = await openApp({ env: { DOCKER_HOST: daemon.address, ...options.env } });
    const close = app.close.bind(app);
    return Object.assign(app, {
      daemon,
      async close() {
        await close();
        await daemon.dispose();
      },
    });
  } catch (error) {
    await daemon.dispose();
    throw error;
  }
}
