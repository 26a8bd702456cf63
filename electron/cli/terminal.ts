import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBytes } from '../bridge/client.ts';
import { errorFromData } from '../bridge/contract.ts';

/** Ctrl-]: leaves the console, as in telnet and virsh. */
const leaveByte = 0x1d;
/** After the end of a piped input: how long the workload may stay silent before the console is left, milliseconds. */
const silenceMs = 1_500;

/**
 * Joins this terminal and a byte stream until the stream ends, Ctrl-] is typed, or a piped input has ended and the
 * workload is silent. Resolves with the exit code of an exec, else null.
 */
export async function joinTerminal(
  bytes: ClientBytes,
  options: { writable: boolean; untilEnd: boolean },
): Promise<number | null> {
  const { stdin, stdout } = process;
  const raw = stdin.isTTY && options.writable;
  let lastDataMs = Date.now();
  const ended = Promise.withResolvers<number | null>();
  bytes.onData((chunk) => {
    lastDataMs = Date.now();
    // Acknowledged when standard output took it: a slow pipe slows the stream, not our memory.
    stdout.write(chunk, () => bytes.ack(chunk.length));
  });
  bytes.onEnd((end) => {
    if (end.error === null) ended.resolve(end.exitCode);
    else ended.reject(errorFromData(end.error));
  });
  const onInput = (chunk: Buffer): void => {
    const leave = raw ? chunk.indexOf(leaveByte) : -1;
    const typed = leave === -1 ? chunk : chunk.subarray(0, leave);
    if (typed.length > 0) bytes.write(typed);
    if (leave !== -1) ended.resolve(null);
  };
  const onInputEnd = async (): Promise<void> => {
    if (options.untilEnd) return;
    while (Date.now() - lastDataMs < silenceMs) await sleep(50);
    ended.resolve(null);
  };
  const onEnd = (): void => void onInputEnd();
  const onResize = (): void => bytes.resize(stdout.columns, stdout.rows);
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
    stdin.off('data', onInput);
    stdin.off('end', onEnd);
    stdout.off('resize', onResize);
    if (raw) stdin.setRawMode(false);
    stdin.pause();
    bytes.close();
  }
}
