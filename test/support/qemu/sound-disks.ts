import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { WorkloadRef } from '../../../drivers/driver.ts';
import { layerPath } from '../../../drivers/qemu/plan/block.ts';
import { faultsOf } from '../../../drivers/qemu/snapshots/layers.ts';
import type { Rig } from './rig.ts';

/** Expects that a machine's tree is consistent, its files are the record's and no others, and `qemu-img check` finds nothing in any of them. */
export function expectSoundDisks(rig: Rig, ref: WorkloadRef): void {
  const record = rig.record(ref);
  const { disks, memory } = rig.paths(ref);
  expect(record.intent).toBeNull();
  expect(faultsOf(record)).toEqual([]);
  const own = record.layers.filter((layer) => !layer.external);
  expect(readdirSync(disks).toSorted()).toEqual(own.map((layer) => layer.file).toSorted());
  expect(readdirSync(memory).toSorted()).toEqual(
    record.snapshots.flatMap((snapshot) => snapshot.memoryFile ?? []).toSorted(),
  );
  for (const layer of own) {
    // -U: a running machine has them open.
    execFileSync('qemu-img', ['check', '-q', '-U', '-f', 'qcow2', layerPath(disks, layer)], { stdio: 'pipe' });
  }
}

/** The first bytes of a layer's disk, as text up to the first NUL. */
export function firstText(rig: Rig, ref: WorkloadRef, layerId: string): string {
  const { disks, directory } = rig.paths(ref);
  const layer = rig.record(ref).layers.find((entry) => entry.id === layerId);
  const out = join(directory, 'first.raw');
  const file = layerPath(disks, layer ?? expect.unreachable(`no layer ${layerId}`));
  execFileSync('qemu-img', ['dd', '-U', '-f', 'qcow2', '-O', 'raw', 'bs=512', 'count=1', `if=${file}`, `of=${out}`]);
  return execFileSync('head', ['-c', '64', out]).toString('latin1').split('\0')[0] ?? '';
}
