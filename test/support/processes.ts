import { readdirSync, readFileSync } from 'node:fs';
import { poll } from './qemu/wait.ts';

/** Live processes (no zombies) whose command line holds a text. */
export function processesMentioning(text: string): { pid: number; words: string[] }[] {
  const found: { pid: number; words: string[] }[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) {
      continue;
    }
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
      if (command.includes(text) && state !== 'Z' && state !== 'X') {
        found.push({ pid, words: command.split('\0') });
      }
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

/** Ends all of them at once, and those that they left behind, until none is there. Throws when some are there still after a while. */
export async function endProcessesMentioning(text: string): Promise<void> {
  await poll(`the processes of ${text} to end`, () => {
    const found = processesMentioning(text);
    for (const { pid } of found) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended while we looked.
      }
    }
    return found.length === 0 ? true : null;
  });
}
