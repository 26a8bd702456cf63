import { readdirSync, readFileSync } from 'node:fs';

/** Longest wait for a signal to reach all threads, on a busy machine, milliseconds. */
const limitMs = 30_000;

/** The states of all threads of a process, as in /proc (proc(5), `stat`). */
function states(pid: number): string[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
    try {
      const text = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
      return [text.slice(text.lastIndexOf(')') + 2, text.lastIndexOf(')') + 3)];
    } catch {
      return []; // it has ended
    }
  });
}

/**
 * Stops a process with SIGSTOP and returns only when none of its threads runs any more: the signal is on its way when `kill` returns,
 * and on a busy machine a thread on another processor still answers what comes then. The caller sends SIGCONT.
 */
export function stopProcess(pid: number): void {
  process.kill(pid, 'SIGSTOP');
  const until = Date.now() + limitMs;
  const nap = new Int32Array(new SharedArrayBuffer(4));
  while (states(pid).some((state) => state !== 'T' && state !== 't')) {
    if (Date.now() > until) throw new Error(`Process ${pid} does not stop.`);
    Atomics.wait(nap, 0, 0, 1);
  }
}
