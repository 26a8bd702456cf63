import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import type { WorkloadRef } from '../../../drivers/driver.ts';
import type { FailpointName } from '../../../drivers/failpoints.ts';
import type { Rig } from './rig.ts';
import type { SnapshotDeed } from './snapshot-life.ts';

/** Another host does something to the snapshots of a machine and is killed (SIGKILL) at a point; the rig's driver is a new one then, which has not looked yet. */
export async function killAt(
  rig: Rig,
  ref: WorkloadRef,
  point: FailpointName,
  deed: SnapshotDeed['deed'],
  snapshotId: string,
  targetId: string = randomUUID(),
): Promise<void> {
  const { root, runtimeRoot, cacheDirectory } = rig.options;
  await rig.driver.close();
  const order: SnapshotDeed = {
    root,
    runtimeRoot,
    cacheDirectory,
    id: ref.id,
    spec: ref.spec,
    handle: ref.handle,
    deed,
    snapshotId,
    targetId,
  };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'snapshot-life.ts'), JSON.stringify(order)], {
    env: { ...process.env, NOVACRON_FAILPOINTS: `${point}=kill` },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (signal !== 'SIGKILL') {
    throw new Error(`the host was not killed at ${point}: it ended with ${signal ?? code}`);
  }
  await rig.restart();
}

/** `killAt`, after which the new host finds the machine. */
export async function dieAt(...args: Parameters<typeof killAt>): ReturnType<Rig['driver']['recover']> {
  const [rig, ref] = args;
  await killAt(...args);
  return await rig.driver.recover(ref.id, ref.spec, ref.handle);
}
