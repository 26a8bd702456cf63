import type { ByteChannel, Driver, OpenConsole, WorkloadRef } from '../../driver.ts';
import { until } from './until.ts';

/** A reader of a console: all bytes as text so far. */
export type Screen = {
  channel: ByteChannel;
  text(): string;
  ended(): boolean;
  /** Waits for text that came after `from`; returns everything after `from`. */
  waitFor(part: string | RegExp, limitMs: number, from?: number): Promise<string>;
};

/** Reads a channel to its end in the background. */
export function readScreen(channel: ByteChannel): Screen {
  const decoder = new TextDecoder();
  let text = '';
  let ended = false;
  let failure: unknown;
  const read = async (): Promise<void> => {
    try {
      for await (const bytes of channel.output) {
        text += decoder.decode(bytes, { stream: true });
      }
    } catch (error) {
      failure = error;
    }
    ended = true;
  };
  void read();
  return {
    channel,
    text: () => text,
    ended: () => ended,
    waitFor: async (part, limitMs, from = 0) =>
      await until(
        `${String(part)} is on the console`,
        () => {
          if (failure !== undefined) {
            throw failure;
          }
          const seen = text.slice(from);
          return (typeof part === 'string' ? seen.includes(part) : part.test(seen)) ? seen : null;
        },
        { limitMs, describe: async () => `it shows ${JSON.stringify(text.slice(-300))}` },
      ),
  };
}

/** Opens a console and reads it. */
export async function openScreen(
  driver: Driver,
  ref: WorkloadRef,
  options: OpenConsole = {},
  consoleId = 'serial0',
): Promise<Screen> {
  return readScreen(await driver.openConsole(ref, consoleId, options));
}

/** A guest's shell on its serial console. */
export type Shell = Screen & {
  /** Runs a line and returns its output, without the echo. */
  run(line: string, limitMs?: number): Promise<string>;
  close(): void;
};

/** Longest run of one line, milliseconds: an emulated guest on a busy machine. */
const lineLimitMs = 30_000;
/** How long to wait for an answer before a guest that still boots is asked again, milliseconds. */
const askAgainMs = 3000;

/** Opens the console of a running guest and waits until its shell answers. */
export async function openShell(
  driver: Driver,
  ref: WorkloadRef,
  bootLimitMs: number,
  consoleId = 'serial0',
): Promise<Shell> {
  const screen = await openScreen(driver, ref, {}, consoleId);
  let count = 0;
  const type = async (line: string): Promise<void> => await screen.channel.write(new TextEncoder().encode(`${line}\r`));
  const run = async (line: string, limitMs = lineLimitMs): Promise<string> => {
    count += 1;
    const from = screen.text().length;
    // The echo of the line holds the quotes, so only the answers match.
    await type(`echo st''art${count}-; ${line}; echo e''nd${count}-`);
    const seen = await screen.waitFor(`end${count}-`, limitMs, from);
    const begin = seen.indexOf(`start${count}-`) + `start${count}-`.length;
    return seen
      .slice(begin, seen.lastIndexOf(`end${count}-`))
      .replaceAll('\r', '')
      .trim();
  };
  const end = performance.now() + bootLimitMs;
  for (;;) {
    try {
      count = Math.floor(Math.random() * 1_000_000);
      await run('true', askAgainMs);
      break;
    } catch (error) {
      if (performance.now() > end || screen.ended()) {
        screen.channel.close();
        throw error;
      }
    }
  }
  return { ...screen, run, close: () => screen.channel.close() };
}
