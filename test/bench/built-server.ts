import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildAll } from '../../scripts/build/build.ts';

/** The built host in a process of its own. */
export type BuiltServer = {
  /** The address with its token. */
  address: string;
  pid: number;
  /** From the spawn until it said where it is, milliseconds. */
  readyMs: number;
  /** Ends it orderly. */
  close(): Promise<void>;
};

const root = join(import.meta.dirname, '..', '..');

/** Builds `out/` unless it is fresh. */
export async function buildHost(): Promise<void> {
  await buildAll(root, { force: false });
}

/** Starts `out/server.js` on a data directory. Throws when it ends before it is ready. */
export function startBuiltServer(home: string, env: Record<string, string> = {}): Promise<BuiltServer> {
  const begun = performance.now();
  const child = spawn(process.execPath, [join(root, 'out', 'server.js'), '--port', '0'], {
    env: { ...process.env, NOVACRON_HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  return new Promise((resolve, reject) => {
    let text = '';
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The host ended with ${String(code)} before it was ready.`)));
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const address = /NovaCron is at (\S+)\n/.exec(text)?.[1];
      if (address === undefined || child.pid === undefined) return;
      resolve({
        address,
        pid: child.pid,
        readyMs: performance.now() - begun,
        async close() {
          child.kill('SIGTERM');
          await ended;
        },
      });
    });
  });
}
