import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A real host with its web server, in its own process and data directory. */
export type TestServer = {
  /** The address with its token. */
  address: string;
  home: string;
  /** The process of the host, or of the program that runs it. */
  pid: number;
  /** Ends the host at once, as a crash would. */
  kill(): Promise<void>;
  /** Ends it orderly and removes its directory. Idempotent. */
  close(): Promise<void>;
};

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** A first start on a busy machine with two cores. */
const startLimitMs = 60_000;

/** Builds the page, unless a build stands there already and `E2E_KEEP_BUILD` asks to keep it. */
export async function buildPage(): Promise<void> {
  if (process.env['E2E_KEEP_BUILD'] && existsSync(join(root, 'out/renderer/index.html'))) return;
  const { build } = await import('vite');
  await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'error' });
}

/** `home` and `port` take up the data and the address of an earlier one; `under` is a program that runs it. */
export type ServerOptions = {
  fake?: boolean;
  home?: string;
  port?: number;
  env?: Record<string, string>;
  under?: string[];
};

/** Starts a host. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'nova-e2e-')));
  const words = [join(root, 'electron/server.ts'), '--port', String(options.port ?? 0)];
  const [program, ...before] = options.under ?? [];
  const argv = program === undefined ? words : [...before, process.execPath, ...words];
  const child = spawn(program ?? process.execPath, argv, {
    cwd: root,
    env: {
      ...process.env,
      NOVACRON_HOME: home,
      ...(options.fake ? { NOVACRON_FAKE_DRIVER: '1' } : {}),
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const address = await addressOf(child);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  };
  return {
    address,
    home,
    pid: child.pid ?? 0,
    kill: () => end('SIGKILL'),
    close: async () => {
      await end('SIGTERM');
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`The host did not start: ${text}`)), startLimitMs);
    const take = (chunk: Buffer) => {
      text += chunk.toString();
      const found = /NovaCron is at (\S+)\n/.exec(text)?.[1];
      if (!found) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`The host ended with ${String(code)}: ${text}`));
    });
  });
}
