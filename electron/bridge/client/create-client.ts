import type { BridgeClient, ClientBytes } from '../client.ts';
import { type ErrorData, errorFromData, NovaError } from '../contract.ts';
import type { Link } from '../link.ts';
import {
  type ClientMessage,
  decodeData,
  encodeData,
  type HostMessage,
  hostMessageSchema,
  maxChunkBytes,
  maxClientMessageBytes,
} from '../wire.ts';

/** First and longest wait before a lost connection is tried again, milliseconds. */
const firstRetryMs = 200;
const longestRetryMs = 3_000;

/** How the client gets a connection. `reconnect`: a lost one is opened again. */
export type ClientTransport = { open(): Promise<Link>; reconnect: boolean };

type Call = {
  message(message: HostMessage): void;
  data(payload: Uint8Array): void;
  lost(error: NovaError): void;
};

const lostError = (): NovaError =>
  new NovaError('engine_unavailable', 'The connection to the host is lost.', {
    retryable: true,
    details: { fixes: ['Wait for it to come back, or start NovaCron again.'] },
  });

/** A client over any transport. It connects at once; calls wait for the first connection. */
export function createClient(transport: ClientTransport): BridgeClient {
  const calls = new Map<number, Call>();
  const listeners = new Set<(state: 'connected' | 'lost' | 'closed') => void>();
  let nextId = 1;
  let link: Link | null = null;
  let closed = false;
  let waiting: { resolve: (link: Link) => void; reject: (error: NovaError) => void }[] = [];
  const tell = (state: 'connected' | 'lost' | 'closed'): void => {
    for (const listener of listeners) listener(state);
  };

  const onMessage = (message: string | Uint8Array): void => {
    if (typeof message !== 'string') {
      const data = decodeData(message);
      if (data !== null) calls.get(data.stream)?.data(data.payload);
      return;
    }
    const parsed = hostMessageSchema.parse(JSON.parse(message));
    calls.get(parsed.id)?.message(parsed);
  };

  const connect = async (): Promise<void> => {
    let wait = firstRetryMs;
    while (!closed) {
      try {
        const opened = await transport.open();
        link = opened;
        opened.onMessage(onMessage);
        opened.onClose(() => {
          if (link !== opened) return;
          link = null;
          const open = [...calls.values()];
          calls.clear();
          for (const call of open) call.lost(lostError());
          if (closed) return;
          if (transport.reconnect) {
            tell('lost');
            void connect();
          } else {
            closed = true;
            tell('closed');
          }
        });
        for (const one of waiting) one.resolve(opened);
        waiting = [];
        tell('connected');
        return;
      } catch (cause) {
        if (!transport.reconnect) {
          const error =
            cause instanceof NovaError ? cause : new NovaError('engine_unavailable', 'No host answers.', { cause });
          for (const one of waiting) one.reject(error);
          waiting = [];
          closed = true;
          tell('closed');
          return;
        }
        await new Promise((resolve) => {
          setTimeout(resolve, wait);
        });
        wait = Math.min(wait * 2, longestRetryMs);
      }
    }
  };
  void connect();

  const connection = (): Promise<Link> => {
    if (link !== null) return Promise.resolve(link);
    if (closed) return Promise.reject(new NovaError('engine_unavailable', 'The client is closed.'));
    return new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
    });
  };
  const begin = async (method: string, input: unknown, call: Call): Promise<{ id: number; link: Link }> => {
    const to = await connection();
    const text = JSON.stringify({ t: 'call', id: nextId, method, input } satisfies ClientMessage);
    if (text.length > maxClientMessageBytes) {
      throw new NovaError(
        'invalid_spec',
        `${method}: the input is too long; the limit is ${maxClientMessageBytes} bytes.`,
      );
    }
    const id = nextId;
    nextId = nextId === 0xffff_ffff ? 1 : nextId + 1;
    calls.set(id, call);
    to.send(text);
    return { id, link: to };
  };
  const tellHost = (on: Link, message: ClientMessage): void => {
    if (link === on) on.send(JSON.stringify(message));
  };

  const client: BridgeClient = {
    call(method, input, options = {}) {
      return new Promise((resolve, reject) => {
        const { signal } = options;
        if (signal?.aborted) {
          reject(new NovaError('cancelled', 'The call was given up.'));
          return;
        }
        let started: { id: number; link: Link } | null = null;
        const end = (): void => {
          signal?.removeEventListener('abort', giveUp);
          if (started !== null) calls.delete(started.id);
        };
        const giveUp = (): void => {
          if (started !== null) tellHost(started.link, { t: 'cancel', id: started.id });
          end();
          reject(new NovaError('cancelled', 'The call was given up.'));
        };
        signal?.addEventListener('abort', giveUp, { once: true });
        begin(method, input, {
          message(message) {
            end();
            if (message.t === 'result') resolve(message.value as never);
            else if (message.t === 'error') reject(errorFromData(message.error));
          },
          data: () => undefined,
          lost(error) {
            end();
            reject(error);
          },
        }).then(
          (one) => {
            started = one;
            if (signal?.aborted) giveUp();
            return undefined;
          },
          (error: unknown) => {
            end();
            reject(error instanceof Error ? error : new Error(String(error)));
          },
        );
      });
    },
    stream(method, input, options = {}) {
      return streamOf(method, input, options.signal) as never;
    },
    async open(method, input) {
      const opened = Promise.withResolvers<unknown>();
      const queued: Uint8Array[] = [];
      let onData: ((chunk: Uint8Array) => void) | null = null;
      let onEnd: ((end: { error: ErrorData | null; exitCode: number | null }) => void) | null = null;
      let ended: { error: ErrorData | null; exitCode: number | null } | null = null;
      const finish = (end: { error: ErrorData | null; exitCode: number | null }): void => {
        if (ended !== null) return;
        ended = end;
        onEnd?.(end);
      };
      const started = await begin(method, input, {
        message(message) {
          if (message.t === 'open') opened.resolve(message.value);
          else if (message.t === 'end') finish({ error: null, exitCode: message.exitCode });
          else if (message.t === 'error') {
            opened.reject(errorFromData(message.error));
            finish({ error: message.error, exitCode: null });
          }
          if (message.t !== 'open') calls.delete(started.id);
        },
        data(payload) {
          if (onData === null) queued.push(payload);
          else onData(payload);
        },
        lost(error) {
          opened.reject(error);
          finish({
            error: { code: error.code, message: error.message, retryable: true, details: error.details },
            exitCode: null,
          });
        },
      });
      const bytes: ClientBytes = {
        onData(listener) {
          onData = listener;
          for (const chunk of queued.splice(0)) listener(chunk);
        },
        onEnd(listener) {
          onEnd = listener;
          if (ended !== null) listener(ended);
        },
        ack: (count) => tellHost(started.link, { t: 'ack', id: started.id, bytes: count }),
        write(data) {
          if (link !== started.link || ended !== null) return;
          for (let at = 0; at < data.length; at += maxChunkBytes) {
            started.link.send(encodeData(started.id, data.subarray(at, at + maxChunkBytes)));
          }
        },
        endInput: () => tellHost(started.link, { t: 'eof', id: started.id }),
        resize: (columns, rows) => tellHost(started.link, { t: 'resize', id: started.id, columns, rows }),
        close() {
          calls.delete(started.id);
          if (ended === null) tellHost(started.link, { t: 'cancel', id: started.id });
        },
      };
      return { answer: (await opened.promise) as never, bytes };
    },
    onConnection(listener) {
      listeners.add(listener);
      if (link !== null) listener('connected');
      return () => listeners.delete(listener);
    },
    close() {
      if (closed) return;
      closed = true;
      for (const one of waiting) one.reject(new NovaError('engine_unavailable', 'The client is closed.'));
      waiting = [];
      link?.close();
      tell('closed');
    },
  };

  async function* streamOf(method: string, input: unknown, signal?: AbortSignal): AsyncGenerator {
    const items: unknown[] = [];
    let end: { error: NovaError | null } | null = null;
    let wake: (() => void) | null = null;
    const started = await begin(method, input, {
      message(message) {
        if (message.t === 'item') items.push(message.value);
        else if (message.t === 'end') end = { error: null };
        else if (message.t === 'error') end = { error: errorFromData(message.error) };
        if (end !== null) calls.delete(started.id);
        wake?.();
      },
      data: () => undefined,
      lost(error) {
        end = { error };
        wake?.();
      },
    });
    const stop = (): void => wake?.();
    signal?.addEventListener('abort', stop, { once: true });
    const ended = (): { error: NovaError | null } | null => end;
    try {
      for (;;) {
        if (signal?.aborted) return;
        if (items.length > 0) {
          yield items.shift();
          continue;
        }
        const last = ended();
        if (last !== null) {
          if (last.error !== null) throw last.error;
          return;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = null;
      }
    } finally {
      signal?.removeEventListener('abort', stop);
      if (ended() === null) {
        calls.delete(started.id);
        tellHost(started.link, { t: 'cancel', id: started.id });
      }
    }
  }
  return client;
}
