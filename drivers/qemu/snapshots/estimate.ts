import type { SnapshotEstimate } from '../../driver.ts';
import type { Machine } from '../machine/machine.ts';
import { memoryBlockers, prepareSave, queryMigration } from './migration.ts';
import { residentBytes } from './resident.ts';
import { runState } from './status.ts';

/** How fast a standing guest's memory is written, bytes per second: 691 MiB in 0.94 s were measured, less on slower disks. */
const saveBytesPerSecond = 500 * 1024 * 1024;
/** How long the guest stands in the background form, milliseconds: measured 30 to 60 for up to 1 GiB. */
const backgroundPauseMs = 50;
/** How long a cut of the disks takes, milliseconds: measured 4 to 13. */
const diskPauseMs = 10;

type Kinds = SnapshotEstimate['kinds'];

async function memoryKind(machine: Machine, kind: 'disk+memory' | 'memory'): Promise<Kinds[number]> {
  const client = await machine.qmp();
  if (client === null) {
    return { kind, available: false, reason: 'The machine does not run: there is no memory to save.' };
  }
  const state = await runState(client);
  if (state !== 'running' && state !== 'paused') {
    return { kind, available: false, reason: `The memory cannot be saved while the machine is "${state}".` };
  }
  const blockers = await memoryBlockers(client);
  if (blockers.length > 0) {
    return { kind, available: false, reason: `It cannot be saved: ${blockers.join('; ')}` };
  }
  const sizeBytes = residentBytes(machine);
  if (state === 'paused') {
    return { kind, available: true, pauseMs: 0, sizeBytes };
  }
  const idle = ['none', 'completed', 'failed', 'cancelled', undefined].includes((await queryMigration(client)).status);
  const { background, reason } = idle ? await prepareSave(client, 'background') : { background: false, reason: null };
  return background
    ? { kind, available: true, pauseMs: backgroundPauseMs, sizeBytes }
    : {
        kind,
        available: true,
        pauseMs: Math.ceil((sizeBytes / saveBytesPerSecond) * 1000),
        sizeBytes,
        ...(reason === null ? {} : { reason: `The guest stands still meanwhile: ${reason}` }),
      };
}

/** What a snapshot of each kind would cost now. */
export async function estimateSnapshot(machine: Machine): Promise<SnapshotEstimate> {
  const disks = machine.record.disks.length > 0;
  const runs = machine.state() !== 'gone';
  const disk: Kinds[number] = disks
    ? { kind: 'disk', available: true, pauseMs: runs ? diskPauseMs : 0, sizeBytes: 0 }
    : { kind: 'disk', available: false, reason: 'The machine has no disks.' };
  const memory = await memoryKind(machine, disks ? 'disk+memory' : 'memory');
  return {
    kinds: [...(disks ? [] : [{ kind: 'config' as const, available: true, pauseMs: 0, sizeBytes: 0 }]), disk, memory],
  };
}
