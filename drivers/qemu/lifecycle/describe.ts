import type { Machine } from '../machine/machine.ts';
import { consoleLogPath, vncSocketPath } from '../plan/arguments.ts';
import { qemuSettingsSchema } from '../settings.ts';

/** Facts for a person who looks closely. JSON. */
export function describeMachine(machine: Machine): Record<string, unknown> {
  const { record, paths } = machine;
  const settings = qemuSettingsSchema.parse(record.spec.settings);
  return {
    uuid: record.uuid,
    directory: paths.directory,
    monitor: { socket: paths.qmpSocket, spareSocket: paths.spareQmpSocket },
    serial: { input: `${paths.serialPipe}.in`, record: consoleLogPath(paths) },
    screen: settings.display === 'none' ? null : { vncSocket: vncSocketPath(paths) },
    guestAgent: settings.guestAgent ? { socket: paths.agentSocket } : null,
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
