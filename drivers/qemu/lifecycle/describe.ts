import type { Machine } from '../machine/machine.ts';
import { consoleLogPath } from '../plan/arguments.ts';

/** Facts for a person who looks closely. JSON. */
export function describeMachine(machine: Machine): Record<string, unknown> {
  const { record, paths } = machine;
  return {
    uuid: record.uuid,
    directory: paths.directory,
    monitor: { socket: paths.qmpSocket, spareSocket: paths.spareQmpSocket },
    serial: { input: `${paths.serialPipe}.in`, record: consoleLogPath(paths) },
    run:
      record.run === null
        ? null
        : {
            pid: record.run.pid,
            startedAtMs: record.run.startedAtMs,
            boot: record.run.boot,
            commandLine: record.run.argv,
          },
    hotplugged: record.run?.hotplugged ?? [],
    disks: record.disks,
    layers: record.layers,
    snapshots: record.snapshots.map(({ id, name, parentId, kind }) => ({ id, name, parentId, kind })),
    currentSnapshotId: record.currentId,
    boots: record.boots,
    lastEnd: record.lastEnd,
    intent: record.intent,
  };
}
