import type { z } from 'zod';
import type { Probe } from './capabilities.ts';
import type { ComposeGroup, FileGroup, KeptGroup, ServiceGroup } from './groups.ts';
import type { Handle, OperationContext, WorkloadRef } from './operation.ts';
import type { DriverName, Resources, WorkloadSpec } from './spec.ts';
import type { ImageGroup, NetworkGroup, VolumeGroup } from './stores.ts';

export * from './capabilities.ts';
export type * from './groups.ts';
export type * from './operation.ts';
export type * from './stores.ts';

/** What a workload is doing, as far as the engine says. */
export type Phase =
  | 'creating'
  | 'stopped'
  | 'starting'
  | 'running'
  | 'paused'
  | 'stopping'
  | 'saved'
  | 'crashed'
  | 'lost'
  | 'unknown';

/** The observed state of a workload at one moment. */
export type Observation = {
  phase: Phase;
  /** Why it is in this phase, as a sentence: "shut down by the guest", "exit code 1", "killed: out of memory". */
  reason: string;
  /** Process id of the main process on this machine, where there is one. */
  pid?: number;
  /** Start of the present run, milliseconds since the epoch. */
  startedAtMs?: number;
  /** When the last run that is over ended, by the engine's clock, milliseconds since the epoch; absent where the engine does not say. */
  endedAtMs?: number;
  exitCode?: number;
  /** CPU and memory as the guest or engine confirms them now. */
  confirmed?: Resources;
  /** Reachable addresses and published ports. */
  addresses?: Address[];
  /** Set when a person has to look: what is wrong and what to do. The workload is left alone until then. */
  attention?: string;
  /** Spec fields (dotted paths) that differ from what runs and wait for the next start. */
  pending?: string[];
};

/** An address of a workload, or a port of this machine that leads to it. */
export type Address = { kind: 'ip' | 'port'; text: string /** A link that a browser can open. */; url?: string };

/** What a start would run or ask for. */
export type Plan = {
  /** Argument vectors of programs, program first. */
  commands: string[][];
  /** Requests to an engine, in order, as JSON. */
  requests: { request: string; body?: unknown }[];
  /** What the user should know before: costs, fallbacks. */
  warnings: string[];
};

/** How a changed field takes effect. `refused` has its reason in `why`. */
export type FieldChange = { field: string; effect: 'live' | 'restart' | 'recreate' | 'refused'; why?: string };

/** How a stop proceeds; each step is left out when its limit is 0. */
export type StopPolicy = {
  /** Wait for an orderly shutdown (ACPI button, SIGTERM), milliseconds. */
  graceMs: number;
  /** Whether to end it by force after the grace. If false, a `timeout` error is thrown and it stays running. */
  force: boolean;
};

/** Cumulative counters of one workload at one moment. Absent where the driver can't know. */
export type Stats = {
  atMs: number;
  /** CPU time used since the start of the run, milliseconds. */
  cpuTimeMs?: number;
  /** Memory held on this machine, bytes. */
  memoryBytes?: number;
  /** Memory in use as the guest says, bytes. */
  guestMemoryBytes?: number;
  memoryLimitBytes?: number;
  diskReadBytes?: number;
  diskWriteBytes?: number;
  networkRxBytes?: number;
  networkTxBytes?: number;
  processes?: number;
};

/** A byte stream that a workload offers. */
export type ConsoleInfo = {
  /** Stable within the workload: `serial0`, `log`, `boot-3`, `exec`. */
  id: string;
  kind: 'serial' | 'vnc' | 'exec' | 'attach' | 'logs' | 'record';
  label: string;
  writable: boolean;
  /** Lines end with a line feed alone, since no terminal is inside: what draws it as one has to add the return. */
  lineFeedOnly?: boolean;
  /** For `record`: when that boot began, milliseconds since the epoch. */
  atMs?: number;
};

/** An open byte stream in both directions. The opener closes it; `close` is idempotent. */
export type ByteChannel = {
  /** Ends when the other side closes. One reader only. Not reading never slows the workload. */
  output: AsyncIterable<Uint8Array>;
  /** Resolves when the bytes were handed on. Rejects with `wrong_state` on a read-only or closed channel. */
  write(bytes: Uint8Array): Promise<void>;
  resize?(columns: number, rows: number): Promise<void>;
  /** Nothing more will be written: what reads standard input inside sees its end. Idempotent. Absent where that can't be told. */
  endInput?(): Promise<void>;
  /** The exit code of an exec after `output` has ended. */
  exitCode?(): Promise<number | null>;
  close(): void;
};

/** Options of `openConsole`. */
export type OpenConsole = {
  readOnly?: boolean;
  /** Recorded bytes to send before the live stream; default 256 KiB, 0 for none. */
  replayBytes?: number;
  columns?: number;
  rows?: number;
};

/** What a snapshot holds. */
export type SnapshotKind = 'config' | 'disk' | 'disk+memory' | 'memory';

/** One point in a workload's snapshot tree. */
export type Snapshot = {
  id: string;
  name: string;
  notes: string;
  kind: SnapshotKind;
  /** The snapshot that the workload stood on when it was taken; null for a root. */
  parentId: string | null;
  createdAtMs: number;
  /** Bytes that belong to this snapshot alone. */
  sizeBytes: number;
  memoryBytes: number;
  /** Made by NovaCron before a restore. */
  automatic: boolean;
  /** How long the guest stood still, milliseconds, where measured. */
  pauseMs?: number;
  /** The last lines of the console at that moment. */
  consoleTail?: string;
  /** The spec at that moment. */
  spec: WorkloadSpec;
};

/** The tree of one workload. */
export type SnapshotTree = {
  snapshots: Snapshot[] /** Where the workload stands: its present state grew from this one. */;
  currentId: string | null;
};

/** What taking a snapshot would cost; shown before. */
export type SnapshotEstimate = {
  kinds: { kind: SnapshotKind; available: boolean; reason?: string; pauseMs?: number; sizeBytes?: number }[];
};

/** What a removal would touch; shown before. */
export type SnapshotRemoval = { deletes: string[]; merges: string[]; freesBytes: number; refused?: string };

/** A spec field (dotted path) that differs between two points. A side that lacks it is absent. Values are JSON. */
export type SpecFieldChange = { field: string; from?: unknown; to?: unknown };

/** A file that differs between two points, by its path inside the workload. */
export type FileDifference = {
  path: string;
  change: 'added' | 'changed' | 'removed';
  /** Its size at the second point, of a removed one at the first. */
  bytes?: number;
};

/** How much was written to one disk between two points. */
export type DiskDifference = { name: string; bytes: number };

/** What differs between two points of a workload. */
export type SnapshotDiff = {
  fields: SpecFieldChange[];
  /** Bytes that were written between the two, at most; absent where nobody knows. */
  bytes?: number;
  /** By disk, where there are disks. */
  disks?: DiskDifference[];
  /** Absent where the driver can't look inside. */
  files?: FileDifference[];
  /** There are more files than are listed. */
  truncated?: boolean;
};

/** Which volumes a snapshot copies: those that are left out keep their present files in a restore. */
export type SnapshotVolumes = 'all' | 'none' | string[];

/** Snapshots of one driver. All are idempotent on the id and leave a consistent tree after any failure. */
export type SnapshotGroup = {
  list(ref: WorkloadRef): Promise<SnapshotTree>;
  estimate(ref: WorkloadRef): Promise<SnapshotEstimate>;
  /** `id` is the caller's: asking again with the same one returns what is there. */
  create(
    context: OperationContext,
    ref: WorkloadRef,
    options: {
      id: string;
      name: string;
      notes?: string;
      kind: SnapshotKind;
      automatic?: boolean;
      /** All by default; a driver without volumes ignores it. */
      volumes?: SnapshotVolumes;
    },
  ): Promise<Snapshot>;
  /** Goes back. Makes an automatic snapshot of the present state first unless `keep` is false. A memory snapshot resumes running. */
  restore(
    context: OperationContext,
    ref: WorkloadRef,
    snapshotId: string,
    options: { keep: boolean; keepId: string },
  ): Promise<{ handle: Handle; spec: WorkloadSpec; kept: Snapshot | null }>;
  planRemoval(ref: WorkloadRef, snapshotId: string): Promise<SnapshotRemoval>;
  /** Children keep their content. A snapshot that is gone already is success. */
  remove(context: OperationContext, ref: WorkloadRef, snapshotId: string): Promise<void>;
  update(ref: WorkloadRef, snapshotId: string, change: { name?: string; notes?: string }): Promise<Snapshot>;
  /** What its screen showed then, a small PNG; null for one without. */
  screenshot?(ref: WorkloadRef, snapshotId: string): Promise<Uint8Array | null>;
  /**
   * The spec that a clone has, of one that was its origin's: as the snapshot had it, with volumes of its own. To be asked before
   * `clone`, and stored with it. Without it the clone has the spec that it is given.
   */
  cloneSpec?(ref: WorkloadRef, snapshotId: string | null, spec: WorkloadSpec): Promise<WorkloadSpec>;
  /** Makes a new stopped workload from a snapshot; `linked` shares the frozen layers. */
  clone(
    context: OperationContext,
    ref: WorkloadRef,
    snapshotId: string | null,
    target: { id: string; spec: WorkloadSpec },
    options: { linked: boolean },
  ): Promise<Handle>;
  /** What differs from one snapshot to another, or (null) to the present state. Changes nothing. Without it the host compares the specs only. Throws `not_found`. */
  diff?(ref: WorkloadRef, fromId: string, toId: string | null): Promise<SnapshotDiff>;
};

/** A workload that exists in the engine and is in no inventory. */
export type Foreign = {
  engineId: string;
  name: string;
  observation: Observation /** Carries our label: a left-over of ours. */;
  ours: boolean;
  /** The project that it belongs to, where the engine's labels name one. */
  project?: string;
  spec?: WorkloadSpec;
  /** The engine that has it; absent for the default one. */
  endpoint?: string;
};

/** Something that happened in the engine. Never trusted to be complete: `resync` asks for a full look. */
export type DriverEvent =
  | { type: 'observed'; id: string; observation: Observation }
  /**
   * A run is over and no observation told so, since the next one began before anybody looked: for the history, it says nothing of the
   * present state. `atMs`: when, by this machine's clock; absent where only another one told.
   */
  | { type: 'ended'; id: string; phase: 'stopped' | 'crashed'; reason: string; exitCode?: number; atMs?: number }
  | { type: 'snapshots'; id: string }
  | { type: 'foreign' }
  | { type: 'resync' }
  | { type: 'notice'; id: string | null; level: 'info' | 'warning' | 'error'; message: string };

/** What runs after an exec was asked for. */
export type ExecOptions = {
  command: string[];
  tty: boolean;
  columns?: number;
  rows?: number;
  env?: Record<string, string>;
  workingDirectory?: string;
  user?: string;
};

/**
 * The contract that every driver meets. Optional groups are present exactly when their capability can be true.
 * Every method throws `NovaError` only.
 */
export type Driver = {
  readonly name: DriverName;
  /** Checks `spec.settings`; defaults filled in. */
  readonly settingsSchema: z.ZodType<Record<string, unknown>>;
  /** `recover` may be asked again at any time: after a change that the engine held up it ends what is half done and says what came of it. */
  readonly recoversAgain?: true;
  /** First value at once (perhaps `undetected`), then on change. Ends on abort. */
  probe(signal: AbortSignal): AsyncIterable<Probe>;
  /** Before `resolve`, for a workload that is to be made: chooses what its maker left open and what can't be changed later (the engine, where there are several). */
  place?(spec: WorkloadSpec): WorkloadSpec;
  /** Completes and checks a spec against the engine: defaults that depend on the machine. Throws `invalid_spec` with `details.field`. */
  resolve(spec: WorkloadSpec): Promise<WorkloadSpec>;
  /** Pure but for reads: what a create and a start would do. */
  plan(spec: WorkloadSpec): Promise<Plan>;
  /** Pure: how each changed field takes effect. */
  diff(from: WorkloadSpec, to: WorkloadSpec): FieldChange[];
  /** Makes it, stopped. Idempotent on the id. After a failure nothing of it is left. */
  create(context: OperationContext, id: string, spec: WorkloadSpec): Promise<Handle>;
  /** Idempotent: success when it runs already. */
  start(context: OperationContext, ref: WorkloadRef): Promise<Handle>;
  /** Idempotent: success when it is stopped already. */
  stop(context: OperationContext, ref: WorkloadRef, policy: StopPolicy): Promise<void>;
  /** Idempotent. Ends it by force when it runs and removes all that belongs to it. */
  remove(context: OperationContext, ref: WorkloadRef): Promise<void>;
  /** After a host restart: finds it again, finishes or undoes what was half done. Never kills a live workload, blocks no other. `handle` is null when the create was cut off: everything of the id is then removed and `lost` is told. `spec` is what the driver's own records say of it, where they do: a change that was cut off may have come to its end. `last` is what was last seen of it: runs that ended since are told as `ended`, as far as the engine knows of them. */
  recover(
    id: string,
    spec: WorkloadSpec,
    handle: Handle | null,
    last?: Observation,
  ): Promise<{ observation: Observation; handle: Handle | null; spec?: WorkloadSpec }>;
  inspect(ref: WorkloadRef): Promise<Observation>;
  /** Detailed engine facts for `novacron inspect`: the command line that runs, paths, layers. JSON. */
  describe(ref: WorkloadRef): Promise<Record<string, unknown>>;
  events(signal: AbortSignal): AsyncIterable<DriverEvent>;
  /** Samples while it runs; ends when it stops or on abort. */
  stats(ref: WorkloadRef, everyMs: number, signal: AbortSignal): AsyncIterable<Stats>;
  consoles(ref: WorkloadRef): Promise<ConsoleInfo[]>;
  openConsole(ref: WorkloadRef, consoleId: string, options: OpenConsole): Promise<ByteChannel>;
  /** What its screen shows now, a small PNG; null while it does not run or without a screen. */
  screenshot?(ref: WorkloadRef): Promise<Uint8Array | null>;
  /** Applies a changed name. Idempotent. */
  rename?(ref: WorkloadRef, name: string): Promise<void>;
  pause?(context: OperationContext, ref: WorkloadRef): Promise<void>;
  resume?(context: OperationContext, ref: WorkloadRef): Promise<void>;
  /** Hard reset without a new process. */
  reset?(context: OperationContext, ref: WorkloadRef): Promise<void>;
  /** Applies the live fields of a changed spec and returns what the guest confirmed; a guest that does not follow is told in `lagging`. Non-live fields wait for the next start. */
  update?(
    context: OperationContext,
    ref: WorkloadRef,
    to: WorkloadSpec,
  ): Promise<{ handle: Handle; confirmed: Resources; lagging?: string }>;
  kept?: KeptGroup;
  snapshots?: SnapshotGroup;
  images?: ImageGroup;
  volumes?: VolumeGroup;
  networks?: NetworkGroup;
  files?: FileGroup;
  services?: ServiceGroup;
  compose?: ComposeGroup;
  /** Sends a signal to the main process: `HUP`, `USR1`... Throws `wrong_state` when it does not run. */
  signal?(ref: WorkloadRef, signal: string): Promise<void>;
  exec?(ref: WorkloadRef, options: ExecOptions): Promise<ByteChannel>;
  /** Text of the log; follows while `follow`. */
  logs?(
    ref: WorkloadRef,
    options: { follow: boolean; tail?: number; sinceMs?: number; timestamps?: boolean },
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array>;
  /** Those that are in no inventory. With `own` also those that the driver's own records know: asked by a host that may have lost its inventory. */
  discover?(options?: { own: boolean }): Promise<Foreign[]>;
  /** Takes a foreign workload into our care without stopping it. */
  adopt?(engineId: string, id: string): Promise<{ spec: WorkloadSpec; handle: Handle }>;
  /** Frees connections and timers; workloads go on. Idempotent. */
  close(): Promise<void>;
};
