import type { ByteChannel } from '../../drivers/driver.ts';
import { readTerminal, type Terminal } from '../support/qemu/terminal.ts';
import { poll } from '../support/qemu/wait.ts';
import { median } from './figures.ts';

/** A guest that counts on its serial line. */
export type Counter = {
  terminal: Terminal;
  /** Waits for so many more numbers. */
  wait(numbers: number): Promise<void>;
  /**
   * The longest gap between two arrivals, less the usual gap, milliseconds: while `work` ran and shortly after, and in a time before it
   * without any work. The second one is what this machine's other load does.
   */
  extraPause(work: () => Promise<unknown>): Promise<{ withWork: number; without: number }>;
};

/** How often the guest counts, as `usleep` takes it. */
const everyMicroseconds = 50_000;
/** Numbers before and after the work: two seconds each. */
const around = 40;

/** Has the demo guest at its prompt count every 50 ms. */
export async function startCounter(channel: ByteChannel): Promise<Counter> {
  const arrivals: number[] = [];
  const watched: ByteChannel = { ...channel, output: arrivalsOf(channel.output, arrivals) };
  const terminal = readTerminal(watched);
  await terminal.see('demo:~# ');
  await terminal.line(`i=0; while :; do i=$((i+1)); echo "n$i"; usleep ${everyMicroseconds}; done`);
  await terminal.see('n20\r');
  const wait = async (numbers: number): Promise<void> => {
    const until = arrivals.length + numbers;
    await poll('the counting guest', () => (arrivals.length >= until ? true : null));
  };
  return {
    terminal,
    wait,
    async extraPause(work) {
      const from = arrivals.length;
      await wait(around);
      const before = arrivals.length;
      await work();
      await wait(around);
      const quiet = gaps(arrivals.slice(from, before));
      const extra = (times: readonly number[]): number => Math.max(0, Math.max(...times) - median(quiet));
      return { withWork: extra(gaps(arrivals.slice(before - 1))), without: extra(quiet) };
    },
  };
}

function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => time - (times[index] ?? time));
}

async function* arrivalsOf(output: AsyncIterable<Uint8Array>, arrivals: number[]): AsyncIterable<Uint8Array> {
  for await (const chunk of output) {
    // A line's end is sent with it; an echo of what was typed has none of its own.
    if (chunk.includes(10)) arrivals.push(performance.now());
    yield chunk;
  }
}
