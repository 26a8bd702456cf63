import { fork } from 'node:child_process';
import { join, resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import type { FromStandIn, ToStandIn } from './messages.ts';

const root = resolve(import.meta.dirname, '../../..');
/** A browser and a host start on a busy machine with two cores. */
const startLimitMs = 60_000;

type MessageOf<T extends FromStandIn['type']> = Extract<FromStandIn, { type: T }>;

/** The built application under the stand-in. */
export type DesktopRun = {
  page: Page;
  messages: FromStandIn[];
  send(message: ToStandIn): void;
  /** The first message of a kind that fits, also one that has come already. */
  wait<T extends FromStandIn['type']>(type: T, fits?: (message: MessageOf<T>) => boolean): Promise<MessageOf<T>>;
  /** Quits as a user does; the exit code. */
  quit(): Promise<number | null>;
  /** Ends everything that is left. Idempotent. */
  close(): Promise<void>;
};

/** Runs the unmodified `out/main.js` with its preload and page and connects to the page. */
export async function startDesktop(env: Record<string, string>): Promise<DesktopRun> {
  const hooks = join(root, 'test/support/electron-standin/hooks.ts');
  const child = fork(join(root, 'out/main.js'), [], {
    execArgv: ['--import', hooks],
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'json',
  });
  const exited = new Promise<number | null>((done) => {
    child.once('exit', done);
  });
  const messages: FromStandIn[] = [];
  const watchers = new Set<(message: FromStandIn) => void>();
  child.on('message', (message: FromStandIn) => {
    messages.push(message);
    for (const watcher of watchers) watcher(message);
  });
  const wait: DesktopRun['wait'] = (type, fits = () => true) => {
    const { promise, resolve: found, reject } = Promise.withResolvers<MessageOf<typeof type>>();
    const look = (message: FromStandIn): void => {
      if (message.type !== type || !fits(message as MessageOf<typeof type>)) return;
      clearTimeout(timer);
      watchers.delete(look);
      found(message as MessageOf<typeof type>);
    };
    const timer = setTimeout(() => {
      watchers.delete(look);
      reject(new Error(`No "${type}" came. Seen: ${JSON.stringify(messages).slice(-2000)}`));
    }, startLimitMs);
    watchers.add(look);
    messages.forEach(look);
    return promise;
  };
  const send = (message: ToStandIn): void => {
    child.send(message);
  };
  let browser: Browser | null = null;
  const close = async (): Promise<void> => {
    await browser?.close().catch(() => undefined);
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
  };
  try {
    const { endpoint } = await wait('page');
    browser = await chromium.connectOverCDP(endpoint);
    const page = browser.contexts()[0]?.pages()[0];
    if (page === undefined) throw new Error('The window has no page.');
    page.setDefaultTimeout(startLimitMs);
    return {
      page,
      messages,
      send,
      wait,
      quit: () => {
        send({ type: 'quit' });
        return exited;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
