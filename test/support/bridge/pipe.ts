import type { ByteChannel } from '../../../drivers/driver.ts';
import { createClient } from '../../../electron/bridge/client/create-client.ts';
import { type MethodName, methods } from '../../../electron/bridge/contract.ts';
import { type ServeOptions, serve } from '../../../electron/bridge/dispatcher.ts';
import type { Handlers } from '../../../electron/bridge/handlers.ts';
import type { Link } from '../../../electron/bridge/link.ts';

type End = {
  link: Link;
  deliver(message: string | Uint8Array): void;
  closed(): void;
  other?: End;
};

/** Two ends of a link in this process. Messages arrive in their order, each in a turn of its own. */
export function pipe(): { left: Link; right: Link } {
  const end = (): End => {
    let onMessage: (message: string | Uint8Array) => void = () => undefined;
    let onClose: () => void = () => undefined;
    let open = true;
    const me: End = {
      link: {
        send: (message) => {
          if (open) setImmediate(() => me.other?.deliver(typeof message === 'string' ? message : message.slice()));
        },
        bufferedBytes: () => 0,
        onMessage: (listener) => {
          onMessage = listener;
        },
        onClose: (listener) => {
          onClose = listener;
        },
        close: () => {
          me.closed();
          me.other?.closed();
        },
      },
      deliver: (message) => {
        if (open) onMessage(message);
      },
      closed: () => {
        if (!open) return;
        open = false;
        onClose();
      },
    };
    return me;
  };
  const left = end();
  const right = end();
  left.other = right;
  right.other = left;
  return { left: left.link, right: right.link };
}

/** Handlers of which only the given ones do anything; the others throw. */
export function handlersWith(part: Partial<Handlers>): Handlers {
  const rest = Object.fromEntries(
    (Object.keys(methods) as MethodName[]).map((name) => [
      name,
      () => {
        throw new Error(`${name} was not expected`);
      },
    ]),
  );
  return { ...rest, ...part } as Handlers;
}

/** A client over a pipe to handlers. */
export function connected(part: Partial<Handlers>, options: ServeOptions = {}) {
  const { left, right } = pipe();
  serve(left, handlersWith(part), options);
  return { client: createClient({ open: async () => right, reconnect: false }), link: right };
}

/** A byte channel whose output the test feeds; remembers what is written. */
export function testChannel(): ByteChannel & {
  feed(bytes: Uint8Array): void;
  end(): void;
  written: Uint8Array[];
  pulled(): number;
  closed(): boolean;
} {
  const queue: Uint8Array[] = [];
  const written: Uint8Array[] = [];
  let wake: (() => void) | null = null;
  let ended = false;
  let closed = false;
  let pulled = 0;
  return {
    written,
    pulled: () => pulled,
    closed: () => closed,
    feed(bytes) {
      queue.push(bytes);
      wake?.();
    },
    end() {
      ended = true;
      wake?.();
    },
    output: (async function* read() {
      for (;;) {
        const next = queue.shift();
        if (next !== undefined) {
          pulled += next.length;
          yield next;
          continue;
        }
        if (ended || closed) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    })(),
    write: async (bytes) => void written.push(bytes),
    close() {
      closed = true;
      wake?.();
    },
  };
}
