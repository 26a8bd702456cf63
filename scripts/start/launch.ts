import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { electronBinary } from './electron-binary.ts';

/** The browser host as a child. */
export type RunningServer = {
  /** The address that it printed; null when it ended before. */
  address: string | null;
  /** Its exit code. */
  ended: Promise<number>;
  /** Asks it to end; machines go on. */
  stop(): void;
};

/** Starts the browser host and waits for its address. What else it prints is shown. */
export async function startServer(root: string, port: number): Promise<RunningServer> {
  const child = spawn(process.execPath, [join(root, 'out', 'server.js'), '--port', String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = exitCode(child);
  passSignals(child);
  const { promise, resolve } = Promise.withResolvers<string | null>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const address = /^NovaCron is at (\S+)$/.exec(line)?.[1];
    if (address === undefined) console.log(line);
    else resolve(address);
  });
  child.once('exit', () => {
    resolve(null);
  });
  child.once('error', () => {
    resolve(null);
  });
  return {
    address: await promise,
    ended,
    stop: () => {
      child.kill('SIGTERM');
    },
  };
}

/** Opens a Chromium window without address bar and waits until it is closed. */
export async function openChromium(path: string, address: string, profile: string): Promise<void> {
  const args = [`--app=${address}`, `--user-data-dir=${profile}`, '--no-first-run', '--no-default-browser-check'];
  // Chromium refuses its sandbox to root.
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  const child = spawn(path, args, { stdio: 'ignore' });
  passSignals(child);
  await exitCode(child);
}

/** Runs the application in Electron and waits until it is quit. */
export function openElectron(root: string): Promise<number> {
  const binary = electronBinary(root);
  if (binary === null) throw new Error('The Electron binary is gone. Run npm start again.');
  const args = process.platform === 'linux' && process.getuid?.() === 0 ? [root, '--no-sandbox'] : [root];
  const child = spawn(binary, args, { stdio: 'inherit' });
  passSignals(child);
  return exitCode(child);
}

function exitCode(child: ChildProcess): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  child.once('error', (error) => {
    console.error(error.message);
    resolve(1);
  });
  child.once('exit', (code, signal) => {
    // Ended by our own signal is an orderly end.
    resolve(code ?? (signal === 'SIGTERM' || signal === 'SIGINT' ? 0 : 1));
  });
  return promise;
}

function passSignals(child: ChildProcess): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      child.kill(signal);
    });
  }
}
