import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { NovaError } from '../../errors.ts';

/** Names a process for good: a pid alone comes again. */
export type ProcessMark = { pid: number; startTicks: number };

/** Longest life of a forgotten process of a broken test, seconds. */
const longestLifeSeconds = 3600;
const title = (id: string): string => `novacron-fake-${id}`;

/** Start time of a live process in clock ticks since boot; null when it is gone or a zombie. */
function startTicks(pid: number): number | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before the last parenthesis can hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : Number(fields[19]);
  } catch {
    return null;
  }
}

function isOurs(pid: number, id: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0] === title(id);
  } catch {
    return false;
  }
}

/** Starts the process of a workload, detached from the host. Its working directory tells whose it is. */
export async function spawnFake(root: string, id: string): Promise<ProcessMark> {
  const child = spawn('sleep', [String(longestLifeSeconds)], {
    argv0: title(id),
    cwd: root,
    detached: true,
    stdio: 'ignore',
  });
  return await new Promise((resolve, reject) => {
    child.once('error', (error) => {
      reject(new NovaError('engine_unavailable', `The process of ${id} can't be started.`, { cause: error }));
    });
    child.once('spawn', () => {
      child.unref();
      const { pid } = child;
      const ticks = pid === undefined ? null : startTicks(pid);
      if (pid === undefined || ticks === null) {
        reject(new NovaError('internal', `The process of ${id} ended at once.`));
      } else {
        resolve({ pid, startTicks: ticks });
      }
    });
  });
}

/** Whether it is that very process still. */
export function processAlive(id: string, mark: ProcessMark): boolean {
  return startTicks(mark.pid) === mark.startTicks && isOurs(mark.pid, id);
}

/** Ends it by force; success when it is gone already. */
export function killFake(id: string, mark: ProcessMark): void {
  if (processAlive(id, mark)) {
    process.kill(mark.pid, 'SIGKILL');
  }
}

/** Every live process of the fake engine of a directory, by workload id. Looks at all processes. */
export function findFakes(root: string): Map<string, ProcessMark> {
  const home = realpathSync(root);
  const found = new Map<string, ProcessMark>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const ticks = Number.isInteger(pid) ? startTicks(pid) : null;
    if (ticks === null) {
      continue;
    }
    try {
      const first = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0] ?? '';
      if (first.startsWith(title('')) && readlinkSync(`/proc/${pid}/cwd`) === home) {
        found.set(first.slice(title('').length), { pid, startTicks: ticks });
      }
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}
