import { guestPrompt } from '../../support/guest.ts';
import { poll } from '../../support/qemu/wait.ts';
import { extraPause } from './gaps.ts';
import type { SerialLine } from './serial-line.ts';

/** What a piece of work took and cost the guest, milliseconds. */
export type Cost = { tookMs: number; extraPauseMs: number };

/** A guest that counts on its serial line. */
export type CountingGuest = {
  /** Does the work and measures it beside the same time without. */
  cost(work: () => Promise<unknown>): Promise<Cost>;
  close(): void;
};

/** How often the guest counts, as `usleep` takes it. */
const everyMicroseconds = 50_000;
/** Numbers that are waited for behind the work: a late consequence is part of it. */
const behind = 20;

/** Has the demo guest, as soon as it is at its prompt, count every 50 ms. */
export async function startCounting(line: SerialLine): Promise<CountingGuest> {
  const arrivals: number[] = [];
  let text = '';
  line.listen((bytes) => {
    // A line's end is sent with it; an echo of what was typed has none of its own.
    if (bytes.includes(10)) arrivals.push(performance.now());
    text = (text + bytes.toString('latin1')).slice(-1000);
  });
  // A socket without a reader lost what came before: an empty line brings a new prompt.
  line.write('\n');
  await poll('the prompt', () => (text.includes(guestPrompt) ? true : null));
  line.write(`i=0; while :; do i=$((i+1)); echo "n$i"; usleep ${everyMicroseconds}; done\n`);
  await poll('the counting guest', () => (text.includes('n20\r') ? true : null));
  const more = async (numbers: number): Promise<void> => {
    const until = arrivals.length + numbers;
    await poll('the counting guest', () => (arrivals.length >= until ? true : null));
  };
  const span = async (work: () => Promise<unknown>): Promise<{ fromMs: number; toMs: number }> => {
    const fromMs = performance.now();
    await work();
    return { fromMs, toMs: performance.now() };
  };
  return {
    async cost(work) {
      let tookMs = 0;
      const busy = await span(async () => {
        const begun = performance.now();
        await work();
        tookMs = performance.now() - begun;
        await more(behind);
      });
      const idle = await span(async () => {
        const length = busy.toMs - busy.fromMs;
        const begun = performance.now();
        while (performance.now() - begun < length) await more(1);
      });
      const extraPauseMs = extraPause(arrivals, busy, idle);
      arrivals.splice(0);
      return { tookMs, extraPauseMs };
    },
    close: () => line.close(),
  };
}
