import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the kernel counts the processes that it ended for lack of memory in the group of one process, and how many it had. */
export type OomWatch = { path: string; kills: number };

/** The kernel's files, for tests. */
export type KernelFiles = { proc: string; cgroup: string };
const kernelFiles: KernelFiles = { proc: '/proc', cgroup: '/sys/fs/cgroup' };

/** The count in a counter file: `oom_kill N` in `memory.events` (cgroup v2) and in `memory.oom_control` (v1). Null when it can't be read. */
function killsIn(path: string): number | null {
  try {
    const count = /^oom_kill (\d+)$/m.exec(readFileSync(path, 'utf8'))?.[1];
    return count === undefined ? null : Number(count);
  } catch {
    // No such controller here, or the group is gone.
    return null;
  }
}

/** Begins to watch: looks up the memory group of a live process (cgroups(7)). Null where the kernel does not tell. */
export function watchOom(pid: number, files: KernelFiles = kernelFiles): OomWatch | null {
  let groups: string;
  try {
    groups = readFileSync(join(files.proc, String(pid), 'cgroup'), 'utf8');
  } catch {
    // It ended just now.
    return null;
  }
  const version1 = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m.exec(groups)?.[1];
  const version2 = /^0::(.*)$/m.exec(groups)?.[1];
  const candidates = [
    ...(version1 === undefined ? [] : [join(files.cgroup, 'memory', version1, 'memory.oom_control')]),
    ...(version2 === undefined ? [] : [join(files.cgroup, version2, 'memory.events')]),
  ];
  for (const path of candidates) {
    const kills = killsIn(path);
    if (kills !== null) {
      return { path, kills };
    }
  }
  return null;
}

/** Whether the kernel has ended a process of the group for lack of memory since. */
export function endedForMemory(watch: OomWatch | null): boolean {
  return watch !== null && (killsIn(watch.path) ?? 0) > watch.kills;
}
