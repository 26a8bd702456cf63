import { errorData } from '../../errors.ts';
import type { Machine } from '../machine/machine.ts';
import { consoleLogPath, vncSocketPath } from '../plan/arguments.ts';
import { qemuSettingsSchema } from '../settings.ts';

/** What a start would run now; in its place the reason why nothing would. Null while it runs, and where a saved memory is resumed. */
async function nextStart(
  machine: Machine,
  fresh: () => Promise<string[]>,
): Promise<{ commandLine: string[] } | { refused: string } | null> {
  if (machine.record.run !== null || machine.record.resumeFrom !== null) {
    return null;
  }
  try {
    return { commandLine: await fresh() };
  } catch (error) {
    return { refused: errorData(error).message };
  }
}

/** Facts for a person who looks closely. JSON. `fresh` gives the arguments with which it would be started now. */
export async function describeMachine(
  machine: Machine,
  fresh: () => Promise<string[]>,
): Promise<Record<string, unknown>> {
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
    nextStart: await nextStart(machine, fresh),
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
