import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { ByteChannel, ExecOptions } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { Machine } from '../machine/machine.ts';
import type { GuestAgent } from './types.ts';

/** A guest that was just started gets this long to bring up its agent: an emulated one on a busy machine needs a minute. */
const youngMs = 120_000;
/** How often a young guest is looked at. */
const youngLookMs = 250;
/** Input is taken whole before the command starts; without any for so long it starts with none. */
const inputPauseMs = 150;
/** The agent takes input in one message. */
const maxInputBytes = 4 * 1024 * 1024;
/** First and longest pause between two looks at a command. */
const firstLookMs = 20;
const longestLookMs = 500;
/** An answer with much output is long, and an emulated guest encodes it slowly. */
const statusTimeoutMs = 60_000;

/** `guest-exec-status` of qga/qapi-schema.json. */
const statusSchema = z.object({
  exited: z.boolean(),
  exitcode: z.number().optional(),
  signal: z.number().optional(),
  'out-data': z.string().optional(),
  'err-data': z.string().optional(),
  'out-truncated': z.boolean().optional(),
  'err-truncated': z.boolean().optional(),
});

/** The agent's arguments for a command. Pure. Throws `unsupported` for what it can't do. */
export function execArguments(options: ExecOptions, input: Uint8Array): Record<string, unknown> {
  if (options.tty) {
    throw new NovaError(
      'unsupported',
      "The guest's agent has no terminal. Run the command without one (novacron exec --no-tty), or use the serial console.",
    );
  }
  if (options.user !== undefined && options.user !== 'root') {
    throw new NovaError('unsupported', "The guest's agent runs commands as its own user only, mostly root.");
  }
  const [path = '', ...arg] =
    options.workingDirectory === undefined
      ? options.command
      : ['/bin/sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', options.workingDirectory, ...options.command];
  const env = Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`);
  return {
    path,
    arg,
    // A list replaces the agent's own, in which the programs' folders stand.
    ...(env.length === 0 ? {} : { env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...env] }),
    ...(input.length === 0 ? {} : { 'input-data': Buffer.from(input).toString('base64') }),
    'capture-output': true,
  };
}

/** The agent; a guest that was started a moment ago is waited for. Throws `wrong_state` or `unsupported`. */
async function agentFor(machine: Machine): Promise<GuestAgent> {
  const { name } = machine.record.spec;
  for (;;) {
    const { run } = machine.record;
    if (run === null) {
      throw new NovaError('wrong_state', `"${name}" does not run. Start it first.`);
    }
    const agent = await machine.agent();
    if (agent !== null) {
      return agent;
    }
    if (Date.now() - run.startedAtMs > youngMs) {
      throw new NovaError(
        'unsupported',
        `No agent answers in "${name}". Install qemu-guest-agent in the guest, or use the serial console.`,
        { retryable: true },
      );
    }
    await sleep(youngLookMs);
  }
}

async function start(agent: GuestAgent, args: Record<string, unknown>): Promise<unknown> {
  try {
    return await agent.execute('guest-exec', args);
  } catch (error) {
    // GLib's words for ENOENT, the only thing by which the agent tells it apart.
    if (error instanceof NovaError && /No such file or directory/.test(error.message)) {
      throw new NovaError('not_found', `The guest has no program ${JSON.stringify(args['path'])}.`, { cause: error });
    }
    throw error;
  }
}

async function runCommand(
  machine: Machine,
  agent: GuestAgent,
  args: Record<string, unknown>,
  closed: () => boolean,
): Promise<z.infer<typeof statusSchema> | null> {
  const { pid } = z.object({ pid: z.number() }).parse(await start(agent, args));
  let pauseMs = firstLookMs;
  while (!closed()) {
    const now = await machine.agent();
    if (now === null) {
      throw new NovaError('interrupted', "The guest's agent went away; what became of the command is not known.");
    }
    const status = statusSchema.parse(await now.execute('guest-exec-status', { pid }, { timeoutMs: statusTimeoutMs }));
    if (status.exited) {
      return status;
    }
    await sleep(pauseMs);
    pauseMs = Math.min(pauseMs * 1.5, longestLookMs);
  }
  return null;
}

/**
 * Runs a command by the guest's agent. Its output comes when it has ended: first what it printed, then its errors. Closing the channel
 * leaves the command running, for the agent can't end one.
 */
export async function execInGuest(machine: Machine, options: ExecOptions): Promise<ByteChannel> {
  execArguments(options, new Uint8Array());
  const agent = await agentFor(machine);
  const input: Uint8Array[] = [];
  let inputBytes = 0;
  let started = false;
  let closed = false;
  const inputEnded = Promise.withResolvers<void>();
  const exit = Promise.withResolvers<number | null>();
  // Nobody may ask for it.
  exit.promise.catch(() => undefined);

  async function* output(): AsyncGenerator<Uint8Array> {
    try {
      await Promise.race([sleep(inputPauseMs), inputEnded.promise]);
      if (inputBytes > 0) {
        await inputEnded.promise;
      }
      if (closed) {
        exit.resolve(null);
        return;
      }
      started = true;
      const status = await runCommand(machine, agent, execArguments(options, Buffer.concat(input)), () => closed);
      for (const data of [status?.['out-data'], status?.['err-data']]) {
        if (data !== undefined && data !== '') {
          yield Buffer.from(data, 'base64');
        }
      }
      if (status?.['out-truncated'] === true || status?.['err-truncated'] === true) {
        yield Buffer.from("\n[NovaCron: the guest's agent kept the first part of the output only]\n");
      }
      // As a shell tells a signal.
      exit.resolve(status?.exitcode ?? (status?.signal === undefined ? null : 128 + status.signal));
    } catch (error) {
      exit.reject(error);
      throw error;
    }
  }
  return {
    output: output(),
    async write(bytes) {
      if (started || closed) {
        throw new NovaError('wrong_state', 'The command has started: it takes no more input.');
      }
      if (inputBytes + bytes.length > maxInputBytes) {
        throw new NovaError('resource_exhausted', `The guest's agent takes ${maxInputBytes} bytes of input at most.`);
      }
      input.push(bytes);
      inputBytes += bytes.length;
    },
    async endInput() {
      inputEnded.resolve();
    },
    exitCode: () => exit.promise,
    close() {
      closed = true;
      inputEnded.resolve();
    },
  };
}
