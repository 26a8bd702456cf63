import { randomInt } from 'node:crypto';
import { connect } from 'node:net';
import { z } from 'zod';
import { NovaError } from '../../errors.ts';
import { createAgentReader } from './reader.ts';
import type { GuestAgent } from './types.ts';

/** An idle agent answers within milliseconds, an emulated one on a busy machine within a second. */
const commandTimeoutMs = 5_000;
/** QEMU listens already; the connection waits for nobody. */
const connectTimeoutMs = 2_000;

/** A connected agent that has answered. */
export type AgentConnection = GuestAgent & {
  readonly open: boolean;
  /** Idempotent. The command that waits is rejected. */
  close(): void;
};

const answerSchema = z.union([
  z.object({ return: z.unknown() }).refine((value) => 'return' in value),
  z.object({ error: z.object({ class: z.string().prefault(''), desc: z.string().prefault('') }) }),
]);
type Answer = z.infer<typeof answerSchema>;

/** Reads one line of a guest. Null for anything that is no answer. */
function parseAnswer(line: string): Answer | null {
  try {
    return answerSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

function refusal(command: string, error: { class: string; desc: string }): NovaError {
  // The guest's words: cut, since it may say what it likes.
  const words = error.desc.slice(0, 500);
  return error.class === 'CommandNotFound'
    ? new NovaError('unsupported', `The guest's agent has no "${command}".`, { details: { agentClass: error.class } })
    : new NovaError('internal', `The guest's agent refused "${command}": ${words}`, {
        details: { agentClass: error.class },
      });
}

/**
 * Connects to the agent's socket and makes sure that somebody answers: `guest-sync-delimited` with a number of ours, so that neither
 * garbage nor the answer to an earlier command is taken for one to ours. Throws `timeout` or `engine_unavailable`. The caller closes.
 */
export async function connectAgent(path: string, options: { syncTimeoutMs: number }): Promise<AgentConnection> {
  const socket = connect({ path });
  const reader = createAgentReader();
  let open = true;
  let waiting: ((answer: Answer | null) => void) | null = null;
  let turn: Promise<unknown> = Promise.resolve();

  const end = (): void => {
    open = false;
    socket.destroy();
    waiting?.(null);
    waiting = null;
  };
  socket.on('data', (chunk: Buffer) => {
    try {
      for (const line of reader.push(chunk)) {
        const answer = parseAnswer(line);
        if (answer !== null) {
          waiting?.(answer);
        }
      }
    } catch {
      // A line without an end: whoever sends that is no agent.
      end();
    }
  });
  socket.on('error', end);
  socket.on('close', end);

  /** Writes and waits for an answer that `accept` takes. */
  const ask = (bytes: Buffer, command: string, timeoutMs: number, accept: (answer: Answer) => boolean) =>
    new Promise<Answer>((resolve, reject) => {
      if (!open) {
        reject(new NovaError('engine_unavailable', "The guest's agent is gone.", { retryable: true }));
        return;
      }
      const timer = setTimeout(() => {
        waiting = null;
        // Its answer may come yet and would be taken for that of the next command.
        end();
        reject(
          new NovaError('timeout', `The guest's agent did not answer "${command}" within ${timeoutMs / 1000} s.`, {
            retryable: true,
          }),
        );
      }, timeoutMs);
      waiting = (answer) => {
        if (answer !== null && !accept(answer)) {
          return;
        }
        waiting = null;
        clearTimeout(timer);
        if (answer === null) {
          reject(
            new NovaError('engine_unavailable', `The guest's agent went away during "${command}".`, {
              retryable: true,
            }),
          );
        } else {
          resolve(answer);
        }
      };
      socket.write(bytes);
    });

  const execute = async (command: string, args: Record<string, unknown> | undefined, timeoutMs: number) => {
    const text = JSON.stringify({ execute: command, ...(args === undefined ? {} : { arguments: args }) });
    const answer = await ask(Buffer.from(`${text}\n`), command, timeoutMs, () => true);
    if ('error' in answer) {
      throw refusal(command, answer.error);
    }
    return answer.return;
  };

  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new NovaError('timeout', "QEMU does not take a connection to the guest's agent.")),
        connectTimeoutMs,
      );
      socket.once('connect', () => {
        clearTimeout(timer);
        resolve();
      });
      socket.once('error', (cause) => {
        clearTimeout(timer);
        reject(new NovaError('engine_unavailable', "The guest's agent cannot be reached.", { cause }));
      });
    });
    const id = randomInt(1, 2 ** 31);
    const sync = JSON.stringify({ execute: 'guest-sync-delimited', arguments: { id } });
    // The byte makes the agent drop what an earlier connection left half said.
    await ask(
      Buffer.concat([Buffer.from([0xff]), Buffer.from(`${sync}\n`)]),
      'guest-sync-delimited',
      options.syncTimeoutMs,
      (answer) => 'return' in answer && answer.return === id,
    );
  } catch (error) {
    end();
    throw error;
  }

  return {
    get open() {
      return open;
    },
    execute<T>(command: string, args?: Record<string, unknown>, limits: { timeoutMs?: number } = {}) {
      const timeoutMs = limits.timeoutMs ?? commandTimeoutMs;
      const result = turn.then(() => execute(command, args, timeoutMs));
      turn = result.catch(() => undefined);
      return result as Promise<T>;
    },
    close: end,
  };
}
