import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../bridge/client/create-client.ts';
import type { BridgeClient } from '../bridge/client.ts';
import { connectLocal } from '../bridge/client-node/local.ts';
import { openSocket } from '../bridge/client-node/socket.ts';
import { type Job, NovaError } from '../bridge/contract.ts';
import { resolveDirectories } from '../host/directories.ts';
import { hostSocketPath } from '../server/socket-path.ts';

import { newLines } from './new-lines.ts';
import { plain } from './plain.ts';

/** What a command of the command line works with. */
export type Session = {
  client: BridgeClient;
  json: boolean;
  /** Writes a result: the JSON value with `--json`, else the text. */
  print(value: unknown, text: string): void;
  /** Waits for a job with progress on standard error; Ctrl-C cancels it. `log` prints its output there as it comes. Throws the job's error. */
  finish(job: Job, options?: { log?: boolean }): Promise<Job>;
  close(): Promise<void>;
};

/** How long a command waits for a data directory that another command is about to leave, milliseconds. */
const busyLimitMs = 30_000;
const busyPollMs = 100;

type Connection = { client: BridgeClient; close(): Promise<void> };

/** Connects to the running host, or opens one in this process for the length of the command. */
async function connectHost(env: Record<string, string | undefined>): Promise<Connection> {
  const socketPath = hostSocketPath(resolveDirectories(env).runtime);
  const endMs = Date.now() + busyLimitMs;
  for (;;) {
    try {
      const link = await openSocket(socketPath);
      const client = createClient({ open: async () => link, reconnect: false });
      // A host that is about to end takes connections that it never serves: only an answer proves it.
      await client.call('host.info', {});
      return { client, close: async () => client.close() };
    } catch (error) {
      if (!(error instanceof NovaError && error.code === 'engine_unavailable')) throw error;
    }
    try {
      return await openOwnHost(env);
    } catch (error) {
      // Another command has the directory and is not listening yet, or not any more.
      const busy = error instanceof NovaError && error.code === 'conflict' && 'pid' in error.details;
      if (!busy || Date.now() > endMs) throw error;
    }
    await sleep(busyPollMs);
  }
}

async function openOwnHost(env: Record<string, string | undefined>): Promise<Connection> {
  // Most commands find a running host and need none of its code.
  const [{ openLocalHost }, { listenSocket }] = await Promise.all([
    import('../compose.ts'),
    import('../server/socket-server.ts'),
  ]);
  const { host, directories } = await openLocalHost(env);
  // Commands that are given meanwhile share this host: only one can have the data directory.
  const socket = await listenSocket(host.handlers, directories.runtime).catch(async (error: unknown) => {
    await host.close();
    throw error;
  });
  // A host that lives as long as one command has to know its workloads before it answers.
  await host.recovered;
  const client = connectLocal(host.handlers);
  return {
    client,
    async close() {
      client.close();
      if (socket.connections() > 0) {
        process.stderr.write('novacron: other commands use the host of this one; it ends after them.\n');
      }
      await socket.drain();
      await host.close();
    },
  };
}

/** Opens what a command works with. */
export async function openSession(env: Record<string, string | undefined>, json: boolean): Promise<Session> {
  const connection = await connectHost(env);
  const { client } = connection;
  return {
    client,
    json,
    print(value, text) {
      if (json) process.stdout.write(`${JSON.stringify(value)}\n`);
      else if (text !== '') process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
    },
    finish: (job, options = {}) => finishJob(client, job, json, options.log === true),
    close: () => connection.close(),
  };
}

async function finishJob(client: BridgeClient, job: Job, json: boolean, log: boolean): Promise<Job> {
  const cancel = (): void => {
    client.call('jobs.cancel', { job: job.id }).catch((error: unknown) => {
      process.stderr.write(`novacron: the job could not be cancelled: ${String(error)}\n`);
    });
  };
  process.on('SIGINT', cancel);
  const progress = new AbortController();
  let printed: readonly string[] = [];
  const print = (lines: readonly string[]): void => {
    for (const line of newLines(printed, lines)) process.stderr.write(`${plain(line)}\n`);
    printed = lines;
  };
  if (log) void followJob(client, job.id, progress.signal, (now) => print(now.log));
  else if (process.stderr.isTTY && !json) void showProgress(client, job.id, progress.signal);
  try {
    const ended = await client.call('jobs.wait', { job: job.id });
    progress.abort();
    if (log) print(ended.log);
    if (ended.state === 'succeeded') return ended;
    const error = ended.error;
    throw error === null
      ? new NovaError('cancelled', `${ended.verb} ${ended.subject}: ${ended.state}.`)
      : new NovaError(error.code, error.message, { retryable: error.retryable, details: error.details });
  } finally {
    progress.abort();
    process.off('SIGINT', cancel);
  }
}

async function followJob(
  client: BridgeClient,
  id: string,
  signal: AbortSignal,
  show: (job: Job) => void,
): Promise<void> {
  try {
    for await (const message of client.stream('state.subscribe', {}, { signal })) {
      if (message.type !== 'delta') continue;
      for (const change of message.changes) {
        if (signal.aborted) return;
        if (change.collection === 'jobs' && change.key === id && change.value !== null) show(change.value);
      }
    }
  } catch (error) {
    if (!signal.aborted) process.stderr.write(`\nnovacron: no progress: ${String(error)}\n`);
  }
}

async function showProgress(client: BridgeClient, id: string, signal: AbortSignal): Promise<void> {
  let shown = '';
  await followJob(client, id, signal, ({ fraction, message }) => {
    const line = `${fraction === null ? '' : `${Math.round(fraction * 100)} % `}${message}`;
    if (line !== shown) process.stderr.write(`\r\u001b[K${line}`);
    shown = line;
  });
  if (shown !== '') process.stderr.write('\r\u001b[K');
}
