import { renameSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';

/** Stands before a monitor's socket and can cut its connection. */
export type CuttingMonitor = {
  /** Passes the next command of that name on to QEMU and cuts the connection in place of the answer. Resolves when it did. */
  cutAfter(command: string): Promise<void>;
  close(): Promise<void>;
};

/** Puts itself in the place of the socket at `path`: who connects from now on passes through it. */
export async function cutMonitor(path: string): Promise<CuttingMonitor> {
  const real = `${path}.real`;
  renameSync(path, real);
  const open = new Set<Socket>();
  let wanted: { command: string; done: () => void } | null = null;
  const server = createServer((near) => {
    const far = connect({ path: real });
    const end = (): void => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', end).on('close', () => {
        open.delete(socket);
        end();
      });
    }
    let cutting: (() => void) | null = null;
    near.on('data', (bytes) => {
      if (wanted !== null && bytes.includes(`"execute":"${wanted.command}"`)) {
        cutting = wanted.done;
        wanted = null;
      }
      far.write(bytes);
    });
    far.on('data', (bytes) => {
      if (cutting === null) {
        near.write(bytes);
        return;
      }
      end();
      cutting();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen({ path }, resolve);
  });
  return {
    cutAfter: (command) =>
      new Promise((resolve) => {
        wanted = { command, done: resolve };
      }),
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      rmSync(path, { force: true });
      renameSync(real, path);
    },
  };
}
