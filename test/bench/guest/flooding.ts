import { guestPrompt } from '../../support/guest.ts';
import { poll } from '../../support/qemu/wait.ts';
import type { SerialLine } from './serial-line.ts';

/** A guest that prints a lot when it is asked to. */
export type FloodingGuest = {
  /** Has it print all of the flood; returns the megabytes a second from the first to the last byte. */
  flood(): Promise<number>;
  close(): void;
};

/** Bytes of one flood: an emulated serial line brings 100 to 400 KB a second. */
const floodBytes = 200_000;
const file = '/tmp/flood';
// Both are written so that the echo of the command does not match what it prints.
const prepare = `head -c ${floodBytes} /dev/zero | tr '\\0' x | fold -w 99 >${file}; echo ready-$((40+2))\n`;
const print = `cat ${file}; echo flood-$((40+2))\n`;

/** Prepares the demo guest as soon as it is at its prompt: making the flood is no part of what is measured. */
export async function startFlooding(line: SerialLine): Promise<FloodingGuest> {
  let tail = '';
  let bytes = 0;
  let firstAt = 0;
  line.listen((chunk) => {
    bytes += chunk.length;
    const text = tail + chunk.toString('latin1');
    if (firstAt === 0 && text.includes('xxxx')) firstAt = performance.now();
    // Enough for the longest word that is waited for.
    tail = text.slice(-200);
  });
  const see = (what: string): Promise<true> => poll(what, () => (tail.includes(what) ? true : null));
  // A socket without a reader lost what came before: an empty line brings a new prompt.
  line.write('\n');
  await see(guestPrompt);
  line.write(prepare);
  await see('ready-42');
  return {
    async flood() {
      tail = '';
      bytes = 0;
      firstAt = 0;
      const ended = see('flood-42');
      line.write(print);
      await ended;
      if (bytes < floodBytes) throw new Error(`${floodBytes - bytes} bytes of the flood did not arrive.`);
      return bytes / 1000 / (performance.now() - firstAt);
    },
    close: () => line.close(),
  };
}
