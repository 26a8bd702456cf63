import { z } from 'zod';
import {
  driverNameSchema,
  resourcesSchema,
  snapshotNameSchema,
  workloadNameSchema,
  workloadSpecSchema,
} from '../../drivers/spec.ts';
import { clusterMethods } from './methods/clusters.ts';
import { groupMethods } from './methods/groups.ts';
import { insideMethods } from './methods/inside.ts';
import { bytes, command, type MethodKind, query, stream } from './methods/kinds.ts';
import { storeMethods } from './methods/stores.ts';
import * as s from './schemas.ts';
import { workloadRowSchema } from './schemas-rows.ts';

export { composeProjectLabel } from '../../drivers/compose-label.ts';
export {
  type CapabilityName,
  capabilityNames,
  type Observation,
  type Phase,
  type SnapshotKind,
} from '../../drivers/driver.ts';
export {
  type ErrorCode,
  type ErrorData,
  errorCodes,
  errorData,
  errorFromData,
  NovaError,
} from '../../drivers/errors.ts';
export type { DriverName, Resources, RestartPolicy, WorkloadSpec, WorkloadSpecInput } from '../../drivers/spec.ts';
export {
  driverNameSchema,
  GiB,
  MiB,
  maxNameLength,
  resourcesSchema,
  snapshotNameSchema,
  workloadNameSchema,
  workloadSpecSchema,
} from '../../drivers/spec.ts';
export type { MethodKind } from './methods/kinds.ts';
export * from './schemas.ts';
export * from './schemas-clusters.ts';
export * from './schemas-groups.ts';
export * from './schemas-rows.ts';
export { isToolLabel } from './tool-labels.ts';

const none = z.strictObject({});
const done = z.strictObject({});
const workload = z.strictObject({ workload: s.workloadKeySchema });
const snapshotOf = z.strictObject({ workload: s.workloadKeySchema, snapshot: z.string().min(1).max(128) });
/** Long commands answer with their job at once; the job goes on when the connection closes. */
const job = z.object({ job: s.jobSchema });
const columns = z.number().int().min(1).max(1000).optional();
const rows = z.number().int().min(1).max(1000).optional();
/** Every method of the bridge. Types, validation, the browser's API and `novacron call` derive from it. */
export const methods = {
  'host.info': query('The machine and data directory that this host serves.', none, s.hostInfoSchema),
  'host.path': query(
    "What stands at a path, to choose a file: under the user's home directory and where disks are mounted only. Without `path`: the home directory.",
    z.strictObject({ path: z.string().min(1).max(4096).optional() }),
    s.pathInfoSchema,
  ),
  'drivers.list': query('All drivers with health and capabilities.', none, z.array(s.driverSchema)),
  'drivers.probe': command(
    'Probes one driver or all of them again.',
    z.strictObject({ driver: driverNameSchema.optional() }),
    z.array(s.driverSchema),
  ),
  'workloads.list': query('All workloads, those in the trash too.', none, z.array(s.workloadSchema)),
  'workloads.foreign': query(
    'Those that others made, of all engines that answer: looked for now.',
    none,
    z.array(s.foreignSchema),
  ),
  'workloads.rows': query(
    'A short row of each workload, for lists of many; those in the trash too.',
    none,
    z.array(workloadRowSchema),
  ),
  'workloads.get': query('One workload.', workload, s.workloadSchema),
  'workloads.describe': query(
    "The engine's facts of one workload: what runs, paths, layers.",
    workload,
    z.record(z.string(), z.unknown()),
  ),
  'workloads.plan': query(
    'What a create and a start of this spec would do; nothing is changed. `spec` comes back complete with defaults.',
    z.strictObject({ spec: workloadSpecSchema }),
    z.object({ spec: workloadSpecSchema, plan: s.planSchema }),
  ),
  'workloads.diff': query(
    'How each field of a changed spec would take effect.',
    z.strictObject({ workload: s.workloadKeySchema, spec: workloadSpecSchema }),
    z.array(s.fieldChangeSchema),
  ),
  'workloads.create': command(
    'Makes a workload, stopped, or running with `start`. `catalogue` names a demo or catalogue image to use.',
    z.strictObject({
      spec: workloadSpecSchema,
      start: z.boolean().prefault(false),
      catalogue: z.string().max(64).optional(),
    }),
    job,
  ),
  'workloads.start': command('Starts it; success when it runs already.', workload, job),
  'workloads.stop': command(
    'Stops it: asks first, ends it by force after the grace where `force` is true. `graceSeconds` 0 with force ends it at once.',
    z.strictObject({
      workload: s.workloadKeySchema,
      graceSeconds: z.number().min(0).max(3600).optional(),
      force: z.boolean().prefault(true),
    }),
    job,
  ),
  'workloads.restart': command('Stops and starts it.', workload, job),
  'workloads.pause': command('Freezes it.', workload, job),
  'workloads.resume': command('Lets a frozen one go on.', workload, job),
  'workloads.reset': command('Hard reset, as by the button.', workload, job),
  'workloads.remove': command(
    'Stops it and moves it to the trash, or removes it for good with `now`; `force` ends it at once.',
    z.strictObject({
      workload: s.workloadKeySchema,
      now: z.boolean().prefault(false),
      force: z.boolean().optional(),
    }),
    job,
  ),
  'workloads.forget': command(
    'Only takes it off the list, without asking its engine: what the engine has of it stays there, and is found there when the engine answers.',
    workload,
    job,
  ),
  'workloads.restoreFromTrash': command('Takes it out of the trash.', workload, done),
  'workloads.rename': command(
    'Gives it another name.',
    z.strictObject({ workload: s.workloadKeySchema, name: workloadNameSchema }),
    s.workloadSchema,
  ),
  'workloads.update': command(
    'Changes the spec; live fields take effect at once, the others with the next start.',
    z.strictObject({ workload: s.workloadKeySchema, spec: workloadSpecSchema }),
    job,
  ),
  'workloads.kept': query(
    'What was before the last change that made it anew and is kept until the next; null when nothing is.',
    workload,
    z.object({ spec: workloadSpecSchema, atMs: z.number() }).nullable(),
  ),
  'workloads.revert': command(
    'Brings back what was before the last change that made it anew, with its own files; the present one is kept in its stead.',
    workload,
    job,
  ),
  'workloads.dropKept': command('Removes what is kept of before a change.', workload, job),
  'workloads.resize': command(
    'Changes CPU and memory.',
    z.strictObject({ workload: s.workloadKeySchema, resources: resourcesSchema }),
    job,
  ),
  'workloads.clone': command(
    'Makes a new workload from the present state or a snapshot.',
    z.strictObject({
      workload: s.workloadKeySchema,
      snapshot: z.string().max(128).optional(),
      name: workloadNameSchema,
      linked: z.boolean().prefault(true),
    }),
    job,
  ),
  'workloads.adopt': command(
    'Takes a workload that others made into our care.',
    z.strictObject({ driver: driverNameSchema, engineId: z.string().min(1).max(200) }),
    s.workloadSchema,
  ),
  'snapshots.list': query('The tree of one workload.', workload, s.snapshotTreeSchema),
  'snapshots.estimate': query(
    'What taking one would cost.',
    workload,
    z.object({
      kinds: z.array(
        z.object({
          kind: s.snapshotKindSchema,
          available: z.boolean(),
          reason: z.string().optional(),
          pauseMs: z.number().optional(),
          sizeBytes: z.number().optional(),
        }),
      ),
    }),
  ),
  'snapshots.create': command(
    'Takes a snapshot. Without `kind`: with memory where it runs and that can be, else disk.',
    z.strictObject({
      workload: s.workloadKeySchema,
      name: snapshotNameSchema,
      notes: z.string().max(10_000).prefault(''),
      kind: s.snapshotKindSchema.optional(),
      volumes: s.snapshotVolumesSchema.optional(),
    }),
    job,
  ),
  'snapshots.restore': command(
    'Goes back; an automatic snapshot of the present state is kept unless `keep` is false.',
    z.strictObject({
      workload: s.workloadKeySchema,
      snapshot: z.string().min(1).max(128),
      keep: z.boolean().prefault(true),
    }),
    job,
  ),
  'snapshots.planRemoval': query(
    'Which files a removal would touch.',
    snapshotOf,
    z.object({
      deletes: z.array(z.string()),
      merges: z.array(z.string()),
      freesBytes: z.number(),
      refused: z.string().optional(),
    }),
  ),
  'snapshots.remove': command('Removes one; children keep their content.', snapshotOf, job),
  'snapshots.screenshot': query(
    "What the workload's screen showed at that point, as a data URL; null for one without.",
    snapshotOf,
    z.object({ image: z.string().nullable() }),
  ),
  'snapshots.update': command(
    'Changes name or notes.',
    z.strictObject({
      workload: s.workloadKeySchema,
      snapshot: z.string().min(1).max(128),
      name: snapshotNameSchema.optional(),
      notes: z.string().max(10_000).optional(),
    }),
    s.snapshotSchema,
  ),
  'snapshots.diff': query(
    'What differs from one snapshot to another, or without `to` to the present state: spec fields, bytes written, files where they can be known.',
    z.strictObject({
      workload: s.workloadKeySchema,
      from: z.string().min(1).max(128),
      to: z.string().min(1).max(128).optional(),
    }),
    s.snapshotDiffSchema,
  ),
  'workloads.screenshot': query(
    'What its screen shows now, as a data URL; null while it does not run or without a screen.',
    workload,
    z.object({ image: z.string().nullable() }),
  ),
  'consoles.list': query('The byte streams that it offers now.', workload, z.array(s.consoleInfoSchema)),
  'consoles.watch': stream(
    'How many have a console open, now and with each change.',
    z.strictObject({ workload: s.workloadKeySchema, console: z.string().max(64).prefault('serial0') }),
    s.watchersSchema,
  ),
  'consoles.open': bytes(
    'Opens one; recorded bytes come first.',
    z.strictObject({
      workload: s.workloadKeySchema,
      console: z.string().max(64).prefault('serial0'),
      readOnly: z.boolean().prefault(false),
      replayBytes: z
        .number()
        .int()
        .min(0)
        .max(16 * 1024 * 1024)
        .optional(),
      columns,
      rows,
    }),
    z.object({ writable: z.boolean() }),
  ),
  'exec.start': bytes(
    'Runs a command inside.',
    z.strictObject({
      workload: s.workloadKeySchema,
      command: z.array(z.string().max(32_768)).min(1).max(1000),
      tty: z.boolean().prefault(true),
      user: z.string().max(100).optional(),
      columns,
      rows,
    }),
    z.object({ writable: z.boolean() }),
  ),
  'logs.read': bytes(
    'The log as text; goes on while `follow`.',
    z.strictObject({
      workload: s.workloadKeySchema,
      follow: z.boolean().prefault(false),
      tail: z.number().int().min(0).max(1_000_000).optional(),
      sinceMs: z.number().optional(),
      timestamps: z.boolean().prefault(false),
    }),
    z.object({ writable: z.boolean() }),
  ),
  ...storeMethods,
  ...groupMethods,
  'catalogue.list': query(
    'The demo guest and well-known images, and which are there.',
    none,
    z.array(s.catalogueEntrySchema),
  ),
  'jobs.list': query(
    'Jobs, newest first.',
    z.strictObject({ limit: z.number().int().min(1).max(1000).prefault(100) }),
    z.array(s.jobSchema),
  ),
  'jobs.get': query('One job.', z.strictObject({ job: s.idSchema }), s.jobSchema),
  'jobs.wait': query('One job, answered when it has ended.', z.strictObject({ job: s.idSchema }), s.jobSchema),
  'jobs.cancel': command(
    'Asks a job to stop and undo; success when it has ended already.',
    z.strictObject({ job: s.idSchema }),
    s.jobSchema,
  ),
  'metrics.history': query(
    'Stored points of one workload, oldest first, with event marks.',
    z.strictObject({ workload: s.workloadKeySchema, sinceMs: z.number(), untilMs: z.number().optional() }),
    z.object({ points: z.array(s.metricPointSchema), marks: z.array(s.eventSchema) }),
  ),
  'metrics.subscribe': stream(
    'Points of the named workloads while the stream is open, each second.',
    z.strictObject({ workloads: z.array(s.workloadKeySchema).max(200) }),
    z.object({ workloadId: s.idSchema, point: s.metricPointSchema }),
  ),
  'events.list': query(
    'Stored events, newest first.',
    z.strictObject({
      workload: s.workloadKeySchema.optional(),
      limit: z.number().int().min(1).max(1000).prefault(100),
    }),
    z.array(s.eventSchema),
  ),
  'events.subscribe': stream('Events from now on.', none, s.eventSchema),
  'state.subscribe': stream(
    'A snapshot, then deltas. With `epoch` and `since` of an earlier stream only the gap, where it is still known.',
    z.strictObject({ epoch: z.string().max(64).optional(), since: z.number().int().min(0).optional() }),
    s.stateMessageSchema,
  ),
  'doctor.run': query('All checks of this machine with their fixes.', none, z.array(s.doctorCheckSchema)),
  ...insideMethods,
  ...clusterMethods,
  'settings.get': query("The user's settings.", none, s.settingsSchema),
  'settings.set': command('Changes some settings; an absent one stays.', s.settingsChangeSchema, s.settingsSchema),
} as const;

/** All methods. */
export type Methods = typeof methods;
/** The name of a method. */
export type MethodName = keyof Methods;
/** The names of the methods of one kind. */
export type MethodsOf<K extends MethodKind> = {
  [M in MethodName]: Methods[M]['kind'] extends K ? M : never;
}[MethodName];
/** What a caller writes. */
export type InputOf<M extends MethodName> = z.input<Methods[M]['input']>;
/** What a handler gets: validated, defaults filled in. */
export type ParsedInputOf<M extends MethodName> = z.output<Methods[M]['input']>;
/** What comes back, or each value of a stream. */
export type OutputOf<M extends MethodName> = z.output<Methods[M]['output']>;
