import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBytes } from '../bridge/client.ts';
import { errorFromData, NovaError } from '../bridge/contract.ts';
import { createTextFinder } from './text-finder.ts';

/** Ctrl-]: leaves the console, as in telnet and virsh. */
const leaveByte = 0x1d;
/** After the end of a piped input: how long the workload may stay silent before the console is left, milliseconds. */
const silenceMs = 1_500;
/** How often the silence is looked at, milliseconds. */
const silencePollMs = 50;

/** How a terminal is joined. */
export type JoinOptions = {
  writable: boolean;
  /** Lines end with a line feed alone: a raw terminal is given the return too. */
  lineFeedOnly?: boolean;
  /** False: leave when a piped input has ended and the workload is silent. */
  untilEnd: boolean;
  /** Leave when this text was shown; fail with `timeout` when it was not within the limit. */
  until?: { text: string; limitMs: number; subject: string };
};

/**
 * Joins this terminal and a byte stream until the stream ends, Ctrl-] is typed, the awaited text was shown, or a piped
 * input has ended and the workload is silent. Resolves with the exit code of an exec, else null.
 */
export async function joinTerminal(bytes: ClientBytes, options: JoinOptions): Promise<number | null> {
  const { stdin, stdout } = process;
  const { until } = options;
  const raw = stdin.isTTY && options.writable;
  let lastDataMs = Date.now();
  const ended = Promise.withResolvers<number | null>();
  const finder = until === undefined ? null : createTextFinder(until.text);
  const timer =
    until === undefined
      ? null
      : setTimeout(() => {
          ended.reject(
            new NovaError(
              'timeout',
              `${until.subject}: the text "${until.text}" was not shown within ${until.limitMs / 1000} seconds.`,
            ),
          );
        }, until.limitMs);
  bytes.onData((chunk) => {
    lastDataMs = Date.now();
    // Acknowledged when standard output took it: a slow pipe slows the stream, not our memory.
    stdout.write(raw && stdout.isTTY && options.lineFeedOnly === true ? withReturns(chunk) : chunk, () => {
      bytes.ack(chunk.length);
      if (finder?.add(chunk) === true) ended.resolve(null);
    });
  });
  bytes.onEnd((end) => {
    if (end.error !== null) ended.reject(errorFromData(end.error));
    // What was written before has to reach standard output, and the finder, first.
    else stdout.write('', () => ended.resolve(end.exitCode));
  });
  const onInput = (chunk: Buffer): void => {
    const leave = raw ? chunk.indexOf(leaveByte) : -1;
    const typed = leave === -1 ? chunk : chunk.subarray(0, leave);
    if (typed.length > 0) bytes.write(typed);
    if (leave !== -1) ended.resolve(null);
  };
  const onInputEnd = async (): Promise<void> => {
    if (options.untilEnd) bytes.endInput();
    if (options.untilEnd || until !== undefined) return;
    while (Date.now() - lastDataMs < silenceMs) await sleep(silencePollMs);
    ended.resolve(null);
  };
  const onEnd = (): void => void onInputEnd();
  const onResize = (): void => {
    // A terminal that does not know its size says 0.
    if (stdout.columns > 0 && stdout.rows > 0) bytes.resize(stdout.columns, stdout.rows);
  };
  // The reader of our output is gone (`| head`): nobody is left to show anything to.
  const onBroken = (): void => ended.resolve(null);
  stdout.on('error', onBroken);
  if (raw) {
    stdin.setRawMode(true);
    stdout.on('resize', onResize);
    onResize();
  }
  if (options.writable) {
    stdin.on('data', onInput);
    stdin.on('end', onEnd);
  }
  try {
    return await ended.promise;
  } finally {
    if (timer !== null) clearTimeout(timer);
    stdin.off('data', onInput);
    stdin.off('end', onEnd);
    stdout.off('resize', onResize);
    stdout.off('error', onBroken);
    if (raw) stdin.setRawMode(false);
    stdin.pause();
    bytes.close();
  }
}

/** Reads a byte stream to its end as one text. `input` is passed on where it is given. */
export async function collectText(
  bytes: ClientBytes,
  input: Readable | null,
): Promise<{ text: string; exitCode: number | null }> {
  const chunks: Uint8Array[] = [];
  const ended = Promise.withResolvers<number | null>();
  bytes.onData((chunk) => {
    chunks.push(chunk);
    bytes.ack(chunk.length);
  });
  bytes.onEnd((end) => {
    if (end.error === null) ended.resolve(end.exitCode);
    else ended.reject(errorFromData(end.error));
  });
  input?.on('data', (chunk: Buffer) => bytes.write(chunk));
  input?.on('end', () => bytes.endInput());
  try {
    const exitCode = await ended.promise;
    return { text: Buffer.concat(chunks).toString('utf8'), exitCode };
  } finally {
    input?.pause();
    bytes.close();
  }
}

/** Reads a byte stream to its end and tells each piece as text; letters are never cut. */
export async function followText(bytes: ClientBytes, tell: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  const ended = Promise.withResolvers<void>();
  bytes.onData((chunk) => {
    bytes.ack(chunk.length);
    const text = decoder.decode(chunk, { stream: true });
    try {
      if (text !== '') tell(text);
    } catch (error) {
      ended.reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
  bytes.onEnd((end) => {
    if (end.error === null) ended.resolve();
    else ended.reject(errorFromData(end.error));
  });
  try {
    await ended.promise;
  } finally {
    bytes.close();
  }
}

/** A return before each line feed. Bytes stay bytes. Pure. */
function withReturns(chunk: Uint8Array): Buffer {
  return Buffer.from(Buffer.from(chunk).toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
}
