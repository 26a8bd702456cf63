import { z } from 'zod';
import { workloadSpecSchema } from '../../spec.ts';

/**
 * What the driver keeps of one machine in `<root>/<id>/machine.json`. The files of a machine are its recovery state:
 * the record is written durably (temporary file, fsync, rename, fsync of the directory) before each side effect.
 */

/** One qcow2 file of a machine's disk tree. A frozen layer is never written again. */
export const layerSchema = z.object({
  id: z.string(),
  /** The disk that it belongs to: `disk0`, `disk1`... */
  diskId: z.string(),
  /** File name inside `<root>/<id>/disks/`, or an absolute path outside for a base image that the user keeps. */
  file: z.string(),
  format: z.enum(['raw', 'qcow2', 'vmdk', 'vdi', 'vhdx']),
  /** The layer beneath, null for a bottom layer. */
  backing: z.string().nullable(),
  /** Frozen by a snapshot. */
  frozen: z.boolean(),
  /** True when the file lies outside the machine's directory and is never deleted by us. */
  external: z.boolean(),
  /** For a layer of a linked clone: the machine and layer that it stands on. The other machine's layer may not be removed. */
  sharedFrom: z.object({ machineId: z.string(), layerId: z.string() }).nullable(),
});
export type Layer = z.infer<typeof layerSchema>;

/** One disk and the layer that the machine writes to. */
export const diskStateSchema = z.object({ id: z.string(), layerId: z.string(), virtualBytes: z.number() });
export type DiskState = z.infer<typeof diskStateSchema>;

/** One snapshot: the frozen layer of each disk, and the memory file where there is one. */
export const snapshotRecordSchema = z.object({
  id: z.string(),
  name: z.string(),
  notes: z.string(),
  kind: z.enum(['config', 'disk', 'disk+memory', 'memory']),
  parentId: z.string().nullable(),
  createdAtMs: z.number(),
  automatic: z.boolean(),
  pauseMs: z.number().optional(),
  consoleTail: z.string().optional(),
  /** diskId -> frozen layer id. */
  layers: z.record(z.string(), z.string()),
  /** File name inside `<root>/<id>/memory/`, null without memory. */
  memoryFile: z.string().nullable(),
  /** File name of the UEFI variables inside `<root>/<id>/memory/`; null where the machine had none, absent where nobody kept them. */
  variablesFile: z.string().nullable().optional(),
  /** Arguments that the saved machine ran with: a restore with memory needs the very same devices. */
  argv: z.array(z.string()).nullable(),
  /** Devices added while it ran (hotplugged CPUs and memory), in order, as QMP commands to give again before the memory is loaded. */
  hotplugged: z.array(z.object({ execute: z.string(), arguments: z.record(z.string(), z.unknown()) })),
  spec: workloadSpecSchema,
});
export type SnapshotRecord = z.infer<typeof snapshotRecordSchema>;

/** A run of the machine: enough to know the process again. Never the pid alone. */
export const runSchema = z.object({
  pid: z.number(),
  /** Field 22 of /proc/PID/stat: start time in clock ticks since boot. */
  startTicks: z.number(),
  /** /proc/sys/kernel/random/boot_id. */
  bootId: z.string(),
  startedAtMs: z.number(),
  /** Number of the boot, names its console record. */
  boot: z.number(),
  argv: z.array(z.string()),
  hotplugged: z.array(z.object({ execute: z.string(), arguments: z.record(z.string(), z.unknown()) })),
  /** CPUs that went in this run: QEMU's emulator (TCG) takes no other after one. */
  retiredVcpus: z.number().optional(),
  /** Port forwards as they are now, once they were changed in the run; before that they are in the arguments. */
  forwards: z
    .array(z.object({ protocol: z.string(), hostAddress: z.string(), hostPort: z.number(), guestPort: z.number() }))
    .optional(),
  /** The spec at the start: what differs from today's waits for the next one. */
  spec: workloadSpecSchema.optional(),
});
export type Run = z.infer<typeof runSchema>;

/** What is half done; written before the first side effect, cleared after the last. Recovery finishes or undoes it. */
export const intentSchema = z
  .object({
    kind: z.enum(['create', 'start', 'snapshot', 'restore', 'removeSnapshot', 'clone', 'resize', 'remove']),
    startedAtMs: z.number(),
    /** Files (inside the machine's directory) that are deleted when it is undone. */
    newFiles: z.array(z.string()),
  })
  .catchall(z.unknown());
export type Intent = z.infer<typeof intentSchema>;

/** The whole record. */
export const machineRecordSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  /** The uuid on QEMU's command line. */
  uuid: z.string(),
  spec: workloadSpecSchema,
  layers: z.array(layerSchema),
  disks: z.array(diskStateSchema),
  /** File name of the UEFI variables inside `<root>/<id>/memory/` since the last restore; absent: `<root>/<id>/nvram.fd`. */
  variablesFile: z.string().optional(),
  snapshots: z.array(snapshotRecordSchema),
  currentId: z.string().nullable(),
  /** Set when the next start resumes this snapshot's memory. */
  resumeFrom: z.string().nullable(),
  run: runSchema.nullable(),
  /** How the last run ended. */
  lastEnd: z
    .object({
      phase: z.enum(['stopped', 'crashed']),
      reason: z.string(),
      exitCode: z.number().nullable(),
      atMs: z.number(),
    })
    .nullable(),
  boots: z.number(),
  intent: intentSchema.nullable(),
});
export type MachineRecord = z.infer<typeof machineRecordSchema>;
