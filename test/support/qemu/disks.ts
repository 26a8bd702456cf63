import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { expect } from 'vitest';
import type { WorkloadRef } from '../../../drivers/driver.ts';
import type { MachineRecord } from '../../../drivers/qemu/machine/record.ts';
import { layerNode, layerPath } from '../../../drivers/qemu/plan/block.ts';
import { connectQmp } from '../../../drivers/qemu/qmp/client.ts';
import type { QmpClient } from '../../../drivers/qemu/qmp/types.ts';
import { faultsOf } from '../../../drivers/qemu/snapshots/layers.ts';
import type { Rig } from './rig.ts';

/** Size of a block that a test writes, bytes: a cluster of qcow2. */
const blockBytes = 65536;

/** Runs something on the machine's second monitor. */
export async function onMonitor<T>(rig: Rig, ref: WorkloadRef, action: (client: QmpClient) => Promise<T>): Promise<T> {
  const client = await connectQmp(rig.paths(ref).spareQmpSocket);
  try {
    return await action(client);
  } finally {
    client.close();
  }
}

function command(client: QmpClient, diskId: string, text: string): Promise<string> {
  return client.execute('human-monitor-command', {
    'command-line': `qemu-io -d /machine/peripheral/${diskId}/virtio-backend "${text}"`,
  });
}

function layers(rig: Rig, ref: WorkloadRef, layerId: string, readOnly: boolean): string {
  const record = rig.record(ref);
  const { disks } = rig.paths(ref);
  return `json:${JSON.stringify(layerNode(record.layers, layerId, (layer) => layerPath(disks, layer), readOnly))}`;
}

function topOf(record: MachineRecord, diskId: string): string {
  return record.disks.find(({ id }) => id === diskId)?.layerId ?? '';
}

/** Fills a block of a disk with a byte, durably, as the guest would or, when the machine is stopped, into its top layer. */
export async function writeBlock(
  rig: Rig,
  ref: WorkloadRef,
  diskId: string,
  block: number,
  value: number,
): Promise<void> {
  const text = `write -P ${value} ${block * blockBytes} ${blockBytes}`;
  const { phase } = await rig.driver.inspect(ref);
  if (phase === 'running' || phase === 'paused') {
    await onMonitor(rig, ref, async (client) => {
      await command(client, diskId, text);
      await command(client, diskId, 'flush');
    });
  } else {
    await execa('qemu-io', ['-c', text, layers(rig, ref, topOf(rig.record(ref), diskId), false)]);
  }
}

/** The first bytes that are seen through a layer. */
export async function readBytes(rig: Rig, ref: WorkloadRef, layerId: string, length: number): Promise<Buffer> {
  const args = ['-U', '-r', '-c', `read -v 0 ${length}`, layers(rig, ref, layerId, true)];
  const { stdout } = await execa('qemu-io', args, { maxBuffer: 64 * 1024 * 1024 });
  const hex = [...stdout.matchAll(/^[0-9a-f]{8}: {2}((?:[0-9a-f]{2} ){16})/gm)].map(([, line = '']) => line).join('');
  const data = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  expect(data.length).toBe(length);
  return data;
}

/** The byte of each of the first blocks that is seen through a layer: 0 where nothing was written, -1 where a block is torn. */
export async function readLayer(rig: Rig, ref: WorkloadRef, layerId: string, blocks: number): Promise<number[]> {
  const data = await readBytes(rig, ref, layerId, blocks * blockBytes);
  return Array.from({ length: blocks }, (_, index) => {
    const block = data.subarray(index * blockBytes, (index + 1) * blockBytes);
    const [first = 0] = block;
    return block.every((byte) => byte === first) ? first : -1;
  });
}

/** The blocks of a disk as the machine sees them now. */
export async function readDisk(rig: Rig, ref: WorkloadRef, diskId: string, blocks = 4): Promise<number[]> {
  const { phase } = await rig.driver.inspect(ref);
  if (phase === 'running' || phase === 'paused') {
    await onMonitor(rig, ref, (client) => command(client, diskId, 'flush'));
  }
  return await readLayer(rig, ref, topOf(rig.record(ref), diskId), blocks);
}

/** The blocks of a disk as a snapshot holds them. */
export async function readSnapshot(
  rig: Rig,
  ref: WorkloadRef,
  snapshotId: string,
  diskId: string,
  blocks = 4,
): Promise<number[]> {
  const snapshot = rig.record(ref).snapshots.find(({ id }) => id === snapshotId);
  return await readLayer(rig, ref, snapshot?.layers[diskId] ?? '', blocks);
}

/** Names of files in the machine's disk and memory directories. */
export function filesOf(rig: Rig, ref: WorkloadRef): string[] {
  const { disks, memory } = rig.paths(ref);
  return [...readdirSync(disks), ...readdirSync(memory)].toSorted();
}

/** The faults of a machine's tree as its record and files are at this moment. */
async function faultsNow(rig: Rig, ref: WorkloadRef): Promise<string[]> {
  const record = rig.record(ref);
  const { disks } = rig.paths(ref);
  const faults = faultsOf(record);
  if (record.intent !== null) {
    faults.push(`the intent ${record.intent.kind}`);
  }
  const own = record.layers.filter(({ external }) => !external);
  const memory = [
    ...record.snapshots.flatMap(({ memoryFile, variablesFile }) => [memoryFile ?? [], variablesFile ?? []].flat()),
    ...[record.variablesFile ?? []].flat(),
  ];
  const named = [...own.map(({ file }) => file), ...memory].toSorted();
  const files = filesOf(rig, ref);
  if (files.join() !== named.join()) {
    faults.push(`the files ${files.join()} in place of ${named.join()}`);
  }
  for (const { file } of own) {
    const node = { driver: 'qcow2', backing: null, file: { driver: 'file', filename: join(disks, file) } };
    const checked = await execa('qemu-img', ['check', '-U', '-q', `json:${JSON.stringify(node)}`], { reject: false });
    if (checked.exitCode !== 0 || checked.stdout !== '') {
      faults.push(`${file}: ${checked.stdout}${checked.stderr}`);
    }
  }
  return faults;
}

/**
 * Fails unless the machine's tree is consistent: nothing half done, no fault in the model, no file that the record does not
 * name and none missing, and each of its own layers passes `qemu-img check`. What goes on in the background has its time to end.
 */
export async function expectSound(rig: Rig, ref: WorkloadRef): Promise<void> {
  const end = Date.now() + 20_000;
  for (;;) {
    const before = JSON.stringify(rig.record(ref));
    const faults = await faultsNow(rig, ref);
    // The end of a start is written a moment after it; a merge may be under way.
    const quiet = JSON.stringify(rig.record(ref)) === before;
    if ((quiet && faults.length === 0) || Date.now() > end) {
      expect(faults).toEqual([]);
      return;
    }
    await sleep(50);
  }
}
