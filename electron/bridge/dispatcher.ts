import { assertNever } from '../../drivers/errors.ts';
import { type HostByteStream, openByteStream } from './byte-stream.ts';
import { errorData, type MethodName, methods, NovaError } from './contract.ts';
import type { CallContext, Handlers } from './handlers.ts';
import { jsonText } from './json-text.ts';
import type { Link } from './link.ts';
import { clientMessageSchema, decodeData, type HostMessage, maxClientMessageBytes, maxUnreadBytes } from './wire.ts';

/** Calls of one connection that may be open at once. */
const maxOpenCalls = 1000;
/** A stream waits while so many bytes have not left for the client. */
const highWaterBytes = 4 * 1024 * 1024;
/** How often a waiting stream looks again, milliseconds: no transport tells when it has drained. */
const drainPollMs = 10;

/** Options of `serve`. */
export type ServeOptions = {
  /** Checks what handlers answer too; for tests. */
  checkOutput?: boolean;
  /** Told about failures that are ours: an `internal` error's stack. */
  onInternalError?: (method: string, error: unknown) => void;
};

type AnyHandler = (input: unknown, context: CallContext) => unknown;

/** The JSON of a message. Values that were seen before are not written anew: a list is mostly what it was a moment ago. */
function messageText(message: HostMessage): string {
  if (message.t !== 'result') return JSON.stringify(message);
  const value = jsonText(message.value);
  return `{"t":"result","id":${message.id}${value === undefined ? '' : `,"value":${value}`}}`;
}

/**
 * Serves one connection: validates each message, calls the handler, sends back what it answers. A bad message gets a
 * typed error and harms nobody else. Closing the connection aborts its calls and streams, never its jobs.
 */
export function serve(link: Link, handlers: Handlers, options: ServeOptions = {}): void {
  const open = new Map<number, { abort: AbortController; bytes?: HostByteStream }>();
  let closed = false;

  const send = (message: HostMessage): void => {
    if (closed) return;
    if (link.bufferedBytes() > maxUnreadBytes) {
      // It asks and never reads: its answers must not fill our memory.
      end();
      link.close();
      return;
    }
    link.send(messageText(message));
  };
  const end = (): void => {
    closed = true;
    for (const { abort } of open.values()) abort.abort();
  };
  const fail = (id: number, error: unknown, method = ''): void => {
    const data = errorData(error);
    if (data.code === 'internal') options.onInternalError?.(method, error);
    send({ t: 'error', id, error: data });
  };
  const drained = async (): Promise<void> => {
    for (;;) {
      if (closed || link.bufferedBytes() <= highWaterBytes) return;
      await new Promise((resolve) => {
        setTimeout(resolve, drainPollMs);
      });
    }
  };

  const call = async (id: number, name: string, input: unknown): Promise<void> => {
    if (open.has(id)) throw new NovaError('conflict', `Call ${id} is open already.`);
    if (open.size >= maxOpenCalls) {
      throw new NovaError(
        'resource_exhausted',
        `${maxOpenCalls} calls of this connection are open; wait for some to end.`,
        { retryable: true },
      );
    }
    if (!Object.hasOwn(methods, name)) throw new NovaError('not_found', `There is no method ${name}.`);
    const method = methods[name as MethodName];
    const parsed = method.input.safeParse(input);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const field = issue?.path.join('.') ?? '';
      throw new NovaError(
        'invalid_spec',
        `${name}: ${field === '' ? '' : `${field}: `}${issue?.message ?? 'bad input'}`,
        {
          details: { field },
        },
      );
    }
    const abort = new AbortController();
    open.set(id, { abort });
    try {
      const answer = (handlers[name as MethodName] as AnyHandler)(parsed.data, { signal: abort.signal });
      const check = (value: unknown): unknown => (options.checkOutput === true ? method.output.parse(value) : value);
      switch (method.kind) {
        case 'query':
        case 'command':
          send({ t: 'result', id, value: check(await answer) });
          return;
        case 'stream':
          for await (const value of answer as AsyncIterable<unknown>) {
            if (abort.signal.aborted) break;
            send({ t: 'item', id, value: check(value) });
            await drained();
          }
          send({ t: 'end', id, exitCode: null });
          return;
        case 'bytes': {
          const opened = (await answer) as Awaited<ReturnType<Handlers['consoles.open']>>;
          if (abort.signal.aborted) {
            opened.channel.close();
            return;
          }
          send({ t: 'open', id, value: check(opened.answer) });
          const bytes = openByteStream(id, opened.channel, link, abort.signal, (error) => {
            options.onInternalError?.(name, error);
          });
          open.set(id, { abort, bytes });
          send({ t: 'end', id, exitCode: await bytes.ended });
        }
      }
    } finally {
      open.delete(id);
    }
  };

  const onText = (text: string): void => {
    if (text.length > maxClientMessageBytes) {
      fail(
        0,
        new NovaError(
          'invalid_spec',
          `A message of ${text.length} bytes is too long; the limit is ${maxClientMessageBytes}.`,
        ),
      );
      return;
    }
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      fail(0, new NovaError('invalid_spec', 'The message is no JSON.'));
      return;
    }
    const parsed = clientMessageSchema.safeParse(json);
    if (!parsed.success) {
      const given = typeof json === 'object' && json !== null && 'id' in json ? json.id : 0;
      fail(
        typeof given === 'number' ? given : 0,
        new NovaError('invalid_spec', 'The message has not the form of the bridge.'),
      );
      return;
    }
    const message = parsed.data;
    switch (message.t) {
      case 'call':
        call(message.id, message.method, message.input).catch((error: unknown) => {
          fail(message.id, error, message.method);
        });
        return;
      case 'cancel':
        open.get(message.id)?.abort.abort();
        return;
      case 'ack':
        open.get(message.id)?.bytes?.grant(message.bytes);
        return;
      case 'eof':
        open.get(message.id)?.bytes?.endInput();
        return;
      case 'resize':
        open.get(message.id)?.bytes?.resize(message.columns, message.rows);
        return;
      default:
        assertNever(message);
    }
  };

  link.onMessage((message) => {
    if (closed) return;
    if (typeof message === 'string') {
      onText(message);
      return;
    }
    const data = decodeData(message);
    if (data === null) {
      fail(0, new NovaError('invalid_spec', 'The binary message has not the form of the bridge.'));
      return;
    }
    open.get(data.stream)?.bytes?.write(data.payload);
  });
  link.onClose(end);
}
