import { randomUUID } from 'node:crypto';
import type { Driver, SnapshotKind, WorkloadRef } from '../../drivers/driver.ts';
import { connectQmp } from '../../drivers/qemu/qmp/client.ts';
import type { QmpClient } from '../../drivers/qemu/qmp/types.ts';
import { MiB } from '../../drivers/spec.ts';
import { guestSpec } from '../support/qemu/guest-spec.ts';
import { createRig, type Rig } from '../support/qemu/rig.ts';
import { poll } from '../support/qemu/wait.ts';
import { timed } from './clock.ts';
import { type Counter, startCounter } from './counter.ts';
import { type Line, median } from './figures.ts';

const rounds = 3;
/** Extra pause of the guest that is allowed, milliseconds. */
const goals = { disk: 30, 'disk+memory': 60 };

/** The pause that a counting guest sees, and the way back against QEMU's own `snapshot-load`. */
export async function benchSnapshot(): Promise<Line[]> {
  const rig = createRig();
  try {
    const ref = await rig.create(await guestSpec({ disks: [{ sizeBytes: 64 * MiB }] }));
    await rig.driver.start(rig.context(), ref);
    const counter = await startCounter(await rig.driver.openConsole(ref, 'serial0', {}));
    const lines: Line[] = [];
    lines.push(await pauseOf(rig, ref, counter, 'disk'));
    lines.push(await pauseOf(rig, ref, counter, 'disk+memory'));
    counter.terminal.close();
    lines.push(await restoreOf(rig, ref));
    return lines;
  } finally {
    await rig.close();
  }
}

function groupOf(driver: Driver): NonNullable<Driver['snapshots']> {
  if (driver.snapshots === undefined) throw new Error(`${driver.name} has no snapshots.`);
  return driver.snapshots;
}

async function pauseOf(rig: Rig, ref: WorkloadRef, counter: Counter, kind: 'disk' | 'disk+memory'): Promise<Line> {
  const pauses: number[] = [];
  const quiet: number[] = [];
  let standing = false;
  const log = (text: string): void => {
    standing ||= text.includes('stands still');
  };
  for (let round = 0; round < rounds; round += 1) {
    const { withWork, without } = await counter.extraPause(() => take(rig, ref, kind, log));
    pauses.push(withWork);
    quiet.push(without);
  }
  return {
    name: `snapshot, ${kind}, extra pause`,
    value: median(pauses),
    unit: 'ms',
    peer: { name: 'the guest left alone', value: median(quiet) },
    // Without background-snapshot the guest stands until its memory is written; no goal was set for that.
    goal: standing ? null : { atMost: goals[kind] },
    ...(standing ? { note: 'background-snapshot is not granted here' } : {}),
  };
}

async function take(rig: Rig, ref: WorkloadRef, kind: SnapshotKind, log: (text: string) => void): Promise<string> {
  const id = randomUUID();
  await groupOf(rig.driver).create({ ...rig.context(), log }, ref, { id, name: id, kind });
  return id;
}

async function restoreOf(rig: Rig, ref: WorkloadRef): Promise<Line> {
  const id = await take(rig, ref, 'disk+memory', () => undefined);
  const ours: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(
      await timed(async () => {
        await groupOf(rig.driver).restore(rig.context(), ref, id, { keep: false, keepId: randomUUID() });
        await rig.until(ref, 'running again', ({ phase }) => phase === 'running');
      }),
    );
  }
  const value = median(ours);
  const line = { name: 'restore, disk+memory', value, unit: 'ms', goal: null };
  // QEMU's own form keeps the memory inside the disk and loads it into the process that runs.
  const client = await connectQmp(rig.paths(ref).spareQmpSocket);
  try {
    const raw: number[] = [];
    const names = await nodesOf(client);
    await job(client, 'snapshot-save', names);
    for (let round = 0; round < rounds; round += 1) raw.push(await timed(() => job(client, 'snapshot-load', names)));
    return { ...line, peer: { name: 'snapshot-load', value: median(raw) } };
  } catch (error) {
    return { ...line, note: `no snapshot-load: ${error instanceof Error ? error.message : String(error)}` };
  } finally {
    client.close();
  }
}

type Nodes = { vmstate: string; devices: string[] };

async function nodesOf(client: QmpClient): Promise<Nodes> {
  const blocks = await client.execute<{ inserted?: { 'node-name'?: string; drv: string } }[]>('query-block');
  const devices = blocks.flatMap(({ inserted }) => (inserted?.drv === 'qcow2' ? [inserted['node-name'] ?? ''] : []));
  const [vmstate] = devices;
  if (vmstate === undefined) throw new Error('the machine has no qcow2 disk');
  return { vmstate, devices };
}

async function job(client: QmpClient, command: string, nodes: Nodes): Promise<void> {
  const id = `bench-${randomUUID().slice(0, 8)}`;
  await client.execute(command, { 'job-id': id, tag: 'bench', ...nodes }, { timeoutMs: 60_000 });
  const ended = await poll(command, async () => {
    const jobs = await client.execute<{ id: string; status: string; error?: string }[]>('query-jobs', undefined, {
      timeoutMs: 60_000,
    });
    return jobs.find((each) => each.id === id && each.status === 'concluded') ?? null;
  });
  await client.execute('job-dismiss', { id });
  if (ended.error !== undefined) throw new Error(ended.error);
}
