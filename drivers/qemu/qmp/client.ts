import { connect, type Socket } from 'node:net';
import { NovaError } from '../../errors.ts';
import {
  commandError,
  commandTimeout,
  connectionLost,
  monitorBusy,
  negotiationFailed,
  notConnectable,
} from './errors.ts';
import { createLineSplitter, maxLineBytes } from './lines.ts';
import { parseMessage, type QmpMessage } from './messages.ts';
import { createQueue } from './queue.ts';
import type { QmpClient, QmpEvent } from './types.ts';

/** A free monitor greets within a millisecond; after this it serves someone else or stands still. */
const greetingTimeoutMs = 2_000;
/** Monitor commands answer within milliseconds; long work is done by jobs and migrations, which have events. */
const commandTimeoutMs = 5_000;
/** Events kept for a reader that does not read; QEMU itself sends few and limits the frequent ones to one a second. */
const eventLimit = 10_000;

/** How to connect to a monitor. */
export type ConnectQmp = {
  greetingTimeoutMs?: number;
  commandTimeoutMs?: number;
  maxLineBytes?: number;
  signal?: AbortSignal;
};

type Waiting = {
  command: string;
  resolve(value: unknown): void;
  reject(error: NovaError): void;
};

/** The states of a connection after QEMU's own client (python/qemu/qmp): each message is legal in some of them only. */
type State = 'connecting' | 'greeting' | 'negotiating' | 'running' | 'closed';

/**
 * Connects to the monitor on a unix socket, checks its greeting and leaves negotiation behind. Errors carry the stage
 * in `details.stage`: `connect`, `greeting`, `negotiation`.
 */
export async function connectQmp(path: string, options: ConnectQmp = {}): Promise<QmpClient> {
  const greetingLimit = options.greetingTimeoutMs ?? greetingTimeoutMs;
  const splitter = createLineSplitter(options.maxLineBytes ?? maxLineBytes);
  const waiting = new Map<number, Waiting>();
  const listeners = new Set<(event: QmpEvent) => void>();
  const closed = Promise.withResolvers<string>();
  const greeted = Promise.withResolvers<string>();
  // Nobody may wait for the greeting any more when the connection fails later.
  greeted.promise.catch(() => undefined);
  let state: State = 'connecting';
  let nextId = 1;
  let answeredAt = performance.now();

  const socket: Socket = connect({ path });
  const end = (why: string): void => {
    if (state === 'closed') {
      return;
    }
    const stage = state;
    state = 'closed';
    socket.destroy();
    // First: who is told of a lost answer and asks anew must not be given this client again.
    closed.resolve(why);
    for (const entry of waiting.values()) {
      entry.reject(stage === 'negotiating' ? negotiationFailed(path, why) : connectionLost(entry.command, why));
    }
    waiting.clear();
    greeted.reject(negotiationFailed(path, why));
  };

  const receive = (message: QmpMessage): void => {
    switch (message.type) {
      case 'greeting':
        if (state !== 'greeting') {
          end('a second greeting came');
          return;
        }
        state = 'negotiating';
        greeted.resolve(message.version);
        return;
      case 'event':
        for (const listener of listeners) {
          listener({ event: message.event, data: message.data, timestampMs: message.timestampMs });
        }
        return;
      case 'return':
      case 'error': {
        const entry = message.id === null ? undefined : waiting.get(message.id);
        // The late answer of a command that was given up; or an error without an id: our input was not read as JSON.
        if (message.id === null || entry === undefined) {
          return;
        }
        waiting.delete(message.id);
        answeredAt = performance.now();
        if (message.type === 'return') {
          entry.resolve(message.value);
        } else {
          entry.reject(commandError(entry.command, message.errorClass, message.text));
        }
        return;
      }
    }
  };

  socket.on('data', (chunk: Buffer) => {
    let lines: string[];
    try {
      lines = splitter.push(chunk);
    } catch (error) {
      end(error instanceof Error ? error.message : String(error));
      return;
    }
    for (const line of lines) {
      if (line === '' || state === 'closed') {
        continue;
      }
      const message = parseMessage(line);
      if (message === null) {
        end(`something that is no answer of a monitor came: ${JSON.stringify(line.slice(0, 80))}`);
        return;
      }
      receive(message);
    }
  });
  socket.on('close', () => end('QEMU closed it'));

  let corked = false;
  /** Commands of one moment leave in one write: each write wakes QEMU. */
  const send = (line: string): void => {
    if (!corked) {
      corked = true;
      socket.cork();
      process.nextTick(() => {
        corked = false;
        socket.uncork();
      });
    }
    socket.write(line);
  };

  const execute = <T>(
    command: string,
    args?: Record<string, unknown>,
    limits: { timeoutMs?: number; signal?: AbortSignal } = {},
  ): Promise<T> => {
    if (state === 'closed') {
      return Promise.reject(connectionLost(command, 'it is closed'));
    }
    if (limits.signal?.aborted === true) {
      return Promise.reject(new NovaError('cancelled', `"${command}" was cancelled.`));
    }
    const id = nextId++;
    const timeoutMs = limits.timeoutMs ?? options.commandTimeoutMs ?? commandTimeoutMs;
    return new Promise<T>((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        limits.signal?.removeEventListener('abort', abort);
        waiting.delete(id);
      };
      const fail = (error: NovaError): void => {
        done();
        reject(error);
      };
      const abort = (): void => fail(new NovaError('cancelled', `"${command}" was cancelled.`));
      const timer = setTimeout(() => fail(commandTimeout(command, timeoutMs)), timeoutMs);
      limits.signal?.addEventListener('abort', abort, { once: true });
      waiting.set(id, {
        command,
        reject: fail,
        resolve(value) {
          done();
          resolve(value as T);
        },
      });
      send(`${JSON.stringify({ execute: command, ...(args === undefined ? {} : { arguments: args }), id })}\n`);
    });
  };

  const onEvent = (listener: (event: QmpEvent) => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };

  const abort = (): void => end('the connection was cancelled');
  options.signal?.addEventListener('abort', abort, { once: true });
  let version: string;
  let greetingTimer: NodeJS.Timeout | undefined;
  try {
    options.signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', (error) => reject(notConnectable(path, error)));
      closed.promise.then((why) => reject(negotiationFailed(path, why)), reject);
    });
    // Later errors are followed by 'close', which tells the reason to everyone.
    socket.on('error', (error) => end(error.message));
    if (state === 'connecting') {
      state = 'greeting';
    }
    greetingTimer = setTimeout(() => {
      greeted.reject(monitorBusy(path, greetingLimit));
    }, greetingLimit);
    version = await greeted.promise;
    clearTimeout(greetingTimer);
    await execute('qmp_capabilities', undefined, { timeoutMs: greetingLimit });
    state = 'running';
  } catch (error) {
    end('the connection was given up');
    if (options.signal?.aborted === true) {
      throw new NovaError('cancelled', 'Connecting to QEMU was cancelled.', { cause: error });
    }
    throw error;
  } finally {
    clearTimeout(greetingTimer);
    options.signal?.removeEventListener('abort', abort);
  }

  return {
    version,
    get answeredAt() {
      return answeredAt;
    },
    execute,
    onEvent,
    events(signal) {
      const queue = createQueue<QmpEvent>({ limit: eventLimit, onReturn: () => stop() });
      const stop = onEvent((event) => queue.push(event));
      signal?.addEventListener('abort', () => queue.end(), { once: true });
      if (signal?.aborted === true) {
        queue.end();
      }
      void closed.promise.then(() => queue.end());
      return queue;
    },
    waitFor(match, { timeoutMs, signal }) {
      return new Promise<QmpEvent>((resolve, reject) => {
        const finish = (settle: () => void): void => {
          clearTimeout(timer);
          stop();
          signal?.removeEventListener('abort', cancel);
          settle();
        };
        const cancel = (): void => finish(() => reject(new NovaError('cancelled', 'Waiting for QEMU was cancelled.')));
        const timer = setTimeout(
          () =>
            finish(() =>
              reject(
                new NovaError('timeout', `QEMU did not send the awaited event within ${timeoutMs / 1000} s.`, {
                  retryable: true,
                }),
              ),
            ),
          timeoutMs,
        );
        const stop = onEvent((event) => {
          if (match(event)) {
            finish(() => resolve(event));
          }
        });
        signal?.addEventListener('abort', cancel, { once: true });
        if (signal?.aborted === true) {
          cancel();
        }
        void closed.promise.then((why) => finish(() => reject(connectionLost('an event', why))));
      });
    },
    closed: closed.promise,
    close: () => end('it was closed'),
  };
}
