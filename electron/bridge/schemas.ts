import { z } from 'zod';
import { capabilityNames } from '../../drivers/driver.ts';
import { errorCodes } from '../../drivers/errors.ts';
import { driverNameSchema, resourcesSchema, workloadSpecSchema } from '../../drivers/spec.ts';
import { hostInfoSchema, settingsSchema } from './host-schemas.ts';

export * from './host-schemas.ts';

/** An id that the host gave. */
export const idSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'Not an id.');
/** A workload's id or its name. */
export const workloadKeySchema = z.string().min(1).max(128);
const json = z.record(z.string(), z.unknown());

/** `ErrorData` on the wire. */
export const errorSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  retryable: z.boolean(),
  details: json,
});

export const phaseSchema = z.enum([
  'creating',
  'stopped',
  'starting',
  'running',
  'paused',
  'stopping',
  'saved',
  'crashed',
  'lost',
  'unknown',
]);

export const observationSchema = z.object({
  phase: phaseSchema,
  reason: z.string(),
  pid: z.number().optional(),
  startedAtMs: z.number().optional(),
  endedAtMs: z.number().optional(),
  exitCode: z.number().optional(),
  confirmed: resourcesSchema.optional(),
  addresses: z
    .array(z.object({ kind: z.enum(['ip', 'port']), text: z.string(), url: z.string().optional() }))
    .optional(),
  attention: z.string().optional(),
  pending: z.array(z.string()).optional(),
});

/** A workload as clients see it. */
export const workloadSchema = z.object({
  id: idSchema,
  hostId: z.string(),
  spec: workloadSpecSchema,
  desired: z.enum(['running', 'stopped']),
  observation: observationSchema,
  /** The verb of the operation that runs or waits now, or null. */
  pendingVerb: z.string().nullable(),
  createdAtMs: z.number(),
  /** Set while it is in the trash: when it will be removed for good. */
  trashedUntilMs: z.number().nullable(),
});
export type Workload = z.infer<typeof workloadSchema>;

export const jobStateSchema = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted']);
/** One long operation. */
export const jobSchema = z.object({
  id: idSchema,
  /** The verb: `create`, `start`, `snapshot`... */
  verb: z.string(),
  workloadId: z.string().nullable(),
  /** The workload's name when the job began. */
  subject: z.string(),
  state: jobStateSchema,
  fraction: z.number().nullable(),
  message: z.string(),
  createdAtMs: z.number(),
  startedAtMs: z.number().nullable(),
  endedAtMs: z.number().nullable(),
  error: errorSchema.nullable(),
  /** The job's output, the last lines. */
  log: z.array(z.string()),
  /** What the job made, by method: a workload id, a snapshot id. */
  result: z.unknown(),
});
export type Job = z.infer<typeof jobSchema>;

const fixSchema = z.object({ text: z.string(), command: z.string().optional() });
export const capabilitySchema = z.object({
  available: z.boolean(),
  reason: z.string().optional(),
  fixes: z.array(fixSchema).optional(),
  note: z.string().optional(),
});
/** A driver and what it can do here now. */
export const driverSchema = z.object({
  name: driverNameSchema,
  health: z.enum(['undetected', 'unhealthy', 'healthy']),
  summary: z.string(),
  version: z.string().optional(),
  attributes: json,
  capabilities: z.record(z.enum(capabilityNames), capabilitySchema),
  fixes: z.array(fixSchema),
  /** The engines behind it, where it can use several at once; first the one of workloads that name none. */
  endpoints: z
    .array(
      z.object({
        name: z.string(),
        address: z.string(),
        health: z.enum(['undetected', 'unhealthy', 'healthy']),
        summary: z.string(),
        attributes: json,
        /** Another name of the engine that goes by this one. */
        sameAs: z.string().optional(),
        /** New workloads that name no engine go there. */
        current: z.boolean().optional(),
        /** What this engine can do; absent before it has answered. */
        capabilities: z.record(z.enum(capabilityNames), capabilitySchema).optional(),
      }),
    )
    .optional(),
});
export type DriverState = z.infer<typeof driverSchema>;

export const snapshotKindSchema = z.enum(['config', 'disk', 'disk+memory', 'memory']);
/** Which volumes a snapshot copies; all by default. */
export const snapshotVolumesSchema = z.union([z.enum(['all', 'none']), z.array(z.string().min(1).max(255)).max(100)]);
/** A snapshot as clients see it. */
export const snapshotSchema = z.object({
  id: idSchema,
  workloadId: idSchema,
  name: z.string(),
  notes: z.string(),
  kind: snapshotKindSchema,
  parentId: z.string().nullable(),
  createdAtMs: z.number(),
  sizeBytes: z.number(),
  memoryBytes: z.number(),
  automatic: z.boolean(),
  pauseMs: z.number().optional(),
  consoleTail: z.string().optional(),
  spec: workloadSpecSchema,
});
export type SnapshotView = z.infer<typeof snapshotSchema>;

/** The snapshots of one workload and where it stands. */
export const snapshotTreeSchema = z.object({
  workloadId: idSchema,
  snapshots: z.array(snapshotSchema),
  currentId: z.string().nullable(),
});
export type SnapshotTreeView = z.infer<typeof snapshotTreeSchema>;

/** What differs between two points of a workload: see `SnapshotDiff`. */
export const snapshotDiffSchema = z.object({
  fields: z.array(z.object({ field: z.string(), from: z.unknown().optional(), to: z.unknown().optional() })),
  bytes: z.number().optional(),
  disks: z.array(z.object({ name: z.string(), bytes: z.number() })).optional(),
  files: z
    .array(
      z.object({ path: z.string(), change: z.enum(['added', 'changed', 'removed']), bytes: z.number().optional() }),
    )
    .optional(),
  truncated: z.boolean().optional(),
});
export type SnapshotDiffView = z.infer<typeof snapshotDiffSchema>;

export const statsSchema = z.object({
  atMs: z.number(),
  cpuTimeMs: z.number().optional(),
  memoryBytes: z.number().optional(),
  guestMemoryBytes: z.number().optional(),
  memoryLimitBytes: z.number().optional(),
  diskReadBytes: z.number().optional(),
  diskWriteBytes: z.number().optional(),
  networkRxBytes: z.number().optional(),
  networkTxBytes: z.number().optional(),
  processes: z.number().optional(),
});

/** Rates and levels over one interval. CPU in cores: 1 is one core fully used. Rates in bytes a second. */
export const metricPointSchema = z.object({
  atMs: z.number(),
  cpuCores: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  guestMemoryBytes: z.number().nullable(),
  diskReadRate: z.number().nullable(),
  diskWriteRate: z.number().nullable(),
  networkRxRate: z.number().nullable(),
  networkTxRate: z.number().nullable(),
});
export type MetricPoint = z.infer<typeof metricPointSchema>;

/** Something that happened, as stored. */
export const eventSchema = z.object({
  id: z.number(),
  atMs: z.number(),
  workloadId: z.string().nullable(),
  level: z.enum(['info', 'warning', 'error']),
  kind: z.string(),
  message: z.string(),
});
export type HostEvent = z.infer<typeof eventSchema>;

export const consoleInfoSchema = z.object({
  id: z.string(),
  kind: z.enum(['serial', 'vnc', 'exec', 'attach', 'logs', 'record']),
  label: z.string(),
  writable: z.boolean(),
  lineFeedOnly: z.boolean().optional(),
  atMs: z.number().optional(),
});
export type ConsoleView = z.infer<typeof consoleInfoSchema>;

export const planSchema = z.object({
  commands: z.array(z.array(z.string())),
  requests: z.array(z.object({ request: z.string(), body: z.unknown().optional() })),
  warnings: z.array(z.string()),
});
export type PlanView = z.infer<typeof planSchema>;

export const fieldChangeSchema = z.object({
  field: z.string(),
  effect: z.enum(['live', 'restart', 'recreate', 'refused']),
  why: z.string().optional(),
});

export const doctorCheckSchema = z.object({
  id: z.string(),
  title: z.string(),
  status: z.enum(['ok', 'warning', 'problem', 'unknown']),
  detail: z.string(),
  fixes: z.array(fixSchema),
  muted: z.boolean(),
});
export type DoctorCheck = z.infer<typeof doctorCheckSchema>;

export const foreignSchema = z.object({
  driver: driverNameSchema,
  engineId: z.string(),
  name: z.string(),
  ours: z.boolean(),
  project: z.string().optional(),
  observation: observationSchema,
  endpoint: z.string().optional(),
});
export type ForeignView = z.infer<typeof foreignSchema>;

export const imageSchema = z.object({
  driver: driverNameSchema,
  id: z.string(),
  names: z.array(z.string()),
  sizeBytes: z.number(),
  createdAtMs: z.number(),
  usedBy: z.array(z.string()),
  ofSnapshot: z.boolean().optional(),
  /** The engine that has it; absent for the default one. */
  endpoint: z.string().optional(),
});
export type ImageView = z.infer<typeof imageSchema>;

/** One step in which an image was made. */
export const imageStepSchema = z.object({
  createdAtMs: z.number(),
  command: z.string(),
  sizeBytes: z.number(),
  names: z.array(z.string()),
});
export type ImageStepView = z.infer<typeof imageStepSchema>;

/** A volume in an engine of a driver. */
export const volumeSchema = z.object({
  driver: driverNameSchema,
  name: z.string(),
  kind: z.string(),
  createdAtMs: z.number().nullable(),
  sizeBytes: z.number().nullable(),
  usedBy: z.array(z.string()),
  ofSnapshot: z.boolean().optional(),
  labels: z.record(z.string(), z.string()),
  endpoint: z.string().optional(),
});
export type VolumeView = z.infer<typeof volumeSchema>;

/** A network in an engine of a driver. */
export const networkSchema = z.object({
  driver: driverNameSchema,
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  subnets: z.array(z.string()),
  internal: z.boolean(),
  createdAtMs: z.number().nullable(),
  usedBy: z.array(z.string()),
  builtIn: z.boolean(),
  labels: z.record(z.string(), z.string()),
  endpoint: z.string().optional(),
});
export type NetworkView = z.infer<typeof networkSchema>;
/** One entry of a file system inside a workload. */
export const fileEntrySchema = z.object({
  name: z.string(),
  kind: z.enum(['file', 'directory', 'link', 'other']),
  sizeBytes: z.number(),
  modifiedAtMs: z.number(),
  mode: z.number(),
  target: z.string().optional(),
});
export type FileEntryView = z.infer<typeof fileEntrySchema>;

/** A path inside a workload, absolute and without a step upwards. */
export const filePathSchema = z
  .string()
  .min(1)
  .max(4096)
  .refine((path) => path.startsWith('/'), 'A path is absolute.')
  .refine((path) => !path.includes('\0') && !path.split('/').includes('..'), 'A path has no step upwards.');

/** Largest file or archive that is taken in one upload, bytes. */
export const maxUploadBytes = 8 * 1024 ** 3;

/** Where the create dialog can take a demo or a catalogue image from. */
export const catalogueEntrySchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Present in the cache: nothing to download or build. */
  ready: z.boolean(),
  /** Why it can't be had here, or null. */
  unavailable: z.string().nullable(),
  kind: z.enum(['demo', 'disk', 'iso']),
  sizeBytes: z.number().nullable(),
  login: z.string().nullable(),
  resources: resourcesSchema,
});
export type CatalogueEntry = z.infer<typeof catalogueEntrySchema>;

/** The collections that a client keeps in step. */
export const stateSchema = z.object({
  host: hostInfoSchema,
  drivers: z.array(driverSchema),
  workloads: z.array(workloadSchema),
  jobs: z.array(jobSchema),
  snapshots: z.array(snapshotTreeSchema),
  foreign: z.array(foreignSchema),
  settings: settingsSchema,
});
export type State = z.infer<typeof stateSchema>;

/** One change of one record; `null` means it is gone. */
export const changeSchema = z.discriminatedUnion('collection', [
  z.object({ collection: z.literal('host'), key: z.literal(''), value: hostInfoSchema }),
  z.object({ collection: z.literal('settings'), key: z.literal(''), value: settingsSchema }),
  z.object({ collection: z.literal('drivers'), key: z.string(), value: driverSchema.nullable() }),
  z.object({ collection: z.literal('workloads'), key: z.string(), value: workloadSchema.nullable() }),
  z.object({ collection: z.literal('jobs'), key: z.string(), value: jobSchema.nullable() }),
  z.object({ collection: z.literal('snapshots'), key: z.string(), value: snapshotTreeSchema.nullable() }),
  z.object({ collection: z.literal('foreign'), key: z.string(), value: z.array(foreignSchema) }),
]);
export type Change = z.infer<typeof changeSchema>;

/** First a snapshot (or the gap since `since`), then deltas; `seq` grows by one with each message. */
export const stateMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), epoch: z.string(), seq: z.number(), state: stateSchema }),
  z.object({ type: z.literal('delta'), epoch: z.string(), seq: z.number(), changes: z.array(changeSchema) }),
]);
export type StateMessage = z.infer<typeof stateMessageSchema>;
