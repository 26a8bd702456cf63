import { readFile, writeFile } from 'node:fs/promises';
import type { ContainerInspectInfo } from 'dockerode';
import type { Engine } from '../engine/engine.ts';

/** The kernel's switch for a control group: its file, what it says of a frozen one, and what lets it go on. */
export type Freezer = { file: string; frozen: RegExp; thaw: string; freeze: string };

/** The switch of a container's group, from what /proc/PID/cgroup says (cgroups(7)); null where it is another's. Pure. */
export function freezerOf(groups: string, containerId: string): Freezer | null {
  const lines = groups.split('\n').map((line) => line.split(':'));
  const first = lines.find(([, controllers]) => controllers === 'freezer');
  const path = (first ?? lines.find(([number]) => number === '0'))?.slice(2).join(':') ?? '';
  if (!path.includes(containerId) || path.includes('/../')) return null;
  return first === undefined
    ? { file: `/sys/fs/cgroup${path}/cgroup.freeze`, frozen: /^1/, thaw: '0', freeze: '1' }
    : {
        file: `/sys/fs/cgroup/freezer${path}/freezer.state`,
        frozen: /^(FROZEN|FREEZING)/,
        thaw: 'THAWED',
        freeze: 'FROZEN',
      };
}

type Looked = Pick<ContainerInspectInfo, 'Id' | 'State'>;

/** The switch of a running container on this machine; null elsewhere, and where this user may not look. */
async function switchOf(engine: Pick<Engine, 'endpoint'>, info: Looked): Promise<(Freezer & { now: string }) | null> {
  if (engine.endpoint.socketPath === undefined || !info.State.Running || info.State.Pid === 0) return null;
  try {
    const freezer = freezerOf(await readFile(`/proc/${info.State.Pid}/cgroup`, 'utf8'), info.Id);
    return freezer === null ? null : { ...freezer, now: await readFile(freezer.file, 'utf8') };
  } catch {
    return null; // another machine's or another user's
  }
}

/** Whether the kernel holds its programs still, whatever the engine says; null where that can't be seen from here. */
export async function isFrozenBeneath(engine: Pick<Engine, 'endpoint'>, info: Looked): Promise<boolean | null> {
  const found = await switchOf(engine, info);
  return found === null ? null : found.frozen.test(found.now);
}

/**
 * Lets a container go on that is frozen without the engine's knowledge: one that died in the very moment of a freeze says afterwards that
 * it runs, and refuses to resume it. Only where the engine is on this machine and this user may; else it stays so until it is restarted.
 */
export async function thawBeneath(engine: Pick<Engine, 'endpoint'>, info: Looked): Promise<void> {
  const found = await switchOf(engine, info);
  if (found === null || !found.frozen.test(found.now)) return;
  try {
    await writeFile(found.file, found.thaw);
  } catch {
    // Another machine's or another user's.
  }
}
