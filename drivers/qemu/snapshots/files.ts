import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Machine } from '../machine/machine.ts';
import { keptVariablesPath, variablesPath } from '../machine/nvram.ts';
import type { Layer, SnapshotRecord } from '../machine/record.ts';
import { layerPath } from '../plan/block.ts';

/** Bytes that a file takes on its disk; 0 when it is gone. */
export function allocatedBytes(path: string): number {
  const facts = statSync(path, { throwIfNoEntry: false });
  // st_blocks counts 512 bytes on every system (stat(2)).
  return facts === undefined ? 0 : facts.blocks * 512;
}

/** The absolute path of a layer of a machine. */
export function pathOfLayer(machine: Machine, layer: Layer): string {
  return layerPath(machine.paths.disks, layer);
}

/** The absolute path of a saved memory. */
export function memoryPath(machine: Machine, file: string): string {
  return join(machine.paths.memory, file);
}

/** Where QEMU sends its memory to while a snapshot is taken. */
export function memorySocket(machine: Machine): string {
  return join(machine.paths.runtime, 'memory');
}

/** Removes a layer's file if it is the machine's own. Idempotent. */
export function removeLayerFile(machine: Machine, layer: Layer): void {
  if (!layer.external && !isAbsolute(layer.file)) {
    rmSync(pathOfLayer(machine, layer), { force: true });
  }
}

/** The files that belong to a snapshot alone, beside its layers. */
export function snapshotFiles(machine: Machine, { memoryFile, variablesFile }: SnapshotRecord): string[] {
  return [
    ...(memoryFile === null ? [] : [memoryPath(machine, memoryFile)]),
    ...(variablesFile == null ? [] : [keptVariablesPath(machine, variablesFile)]),
  ];
}

/** Files of disks, memory and UEFI variables that the machine's record does not name. */
export function orphanFiles(machine: Machine): string[] {
  const { record, paths } = machine;
  const known = new Set([
    ...record.layers.map((layer) => pathOfLayer(machine, layer)),
    ...record.snapshots.flatMap((snapshot) => snapshotFiles(machine, snapshot)),
    variablesPath(machine),
  ]);
  return [paths.disks, paths.memory]
    .flatMap((directory) => readdirSync(directory).map((name) => join(directory, name)))
    .concat(existsSync(paths.nvram) ? [paths.nvram] : [])
    .filter((path) => !known.has(path));
}

/** Removes what an interrupted operation left. Only when nothing is half done any more. */
export function removeOrphans(machine: Machine): void {
  for (const path of orphanFiles(machine)) {
    rmSync(path, { force: true, recursive: true });
  }
}
