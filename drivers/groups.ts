import type { Handle, OperationContext, WorkloadRef } from './operation.ts';
import type { WorkloadSpec } from './spec.ts';
import type { StoreOptions } from './stores.ts';

/** One entry of a file system inside a workload. */
export type FileEntry = {
  name: string;
  kind: 'file' | 'directory' | 'link' | 'other';
  sizeBytes: number;
  modifiedAtMs: number;
  /** Permission bits, as of chmod. */
  mode: number;
  /** Where a link leads, as far as it is known. */
  target?: string;
};

/** Files inside a workload. Paths are absolute and as the workload sees them. Throws `not_found` for a path that is not there. */
export type FileGroup = {
  /** The entries of one directory, by name. `truncated`: it was too much to look through, and some are left out. */
  list(ref: WorkloadRef, path: string): Promise<{ entries: FileEntry[]; truncated: boolean }>;
  /** One entry, links followed. */
  stat(ref: WorkloadRef, path: string): Promise<FileEntry>;
  /** The bytes of a file, or a tar archive of a directory, whose names begin with the directory's. Ends on abort. */
  read(
    ref: WorkloadRef,
    path: string,
    signal: AbortSignal,
  ): Promise<{ entry: FileEntry; content: AsyncIterable<Uint8Array> }>;
  /**
   * Writes one file of exactly `sizeBytes` into a directory that is there; what stands at the path is replaced. With
   * `archive` the content is a tar archive, unpacked into the directory at `path`: one with an entry that leads out of
   * it is refused with `invalid_spec`. A write that is cut off may leave a part of it.
   */
  write(
    ref: WorkloadRef,
    path: string,
    content: AsyncIterable<Uint8Array>,
    options: { sizeBytes: number; mode?: number; archive?: boolean },
    signal: AbortSignal,
  ): Promise<void>;
};

/** A service of a cluster: one definition, several running tasks. */
export type Service = {
  id: string;
  name: string;
  image: string;
  mode: 'replicated' | 'global' | 'job';
  /** Tasks that are wanted and that run. */
  desired: number;
  running: number;
  /** Published ports: `8080 → 80/tcp`. */
  ports: string[];
  createdAtMs: number;
  /** Why it has no task at all; absent for one that has. */
  problem?: string;
  /** The engine that manages it; absent for the default one. */
  endpoint?: string;
};

/** One task of a service: a container that a node runs, ran or is to run. */
export type ServiceTask = {
  id: string;
  /** Its place among a replicated service's tasks; null for one task a node. */
  slot: number | null;
  /** The node's host name, or its id; empty while none was chosen. */
  node: string;
  /** What it does and what it is to do, in the engine's words: `running`, `failed`, `shutdown`. */
  state: string;
  wanted: string;
  /** Why it is in this state; what went wrong, where something did. */
  reason: string;
  /** What went wrong or holds it up; absent while nothing does. */
  error?: string;
  image: string;
  containerId?: string;
  changedAtMs: number;
};

/** Services of the engine's cluster, where this machine manages one. */
export type ServiceGroup = {
  /** Of every engine that manages some. */
  list(): Promise<Service[]>;
  /**
   * Changes the number of tasks of a replicated service and waits until they run. Where some can't, it ends with their own errors, and the
   * number stays as it was asked for; a cancel brings the old one back. Idempotent.
   */
  scale(context: OperationContext, id: string, replicas: number, options?: StoreOptions): Promise<void>;
  /** Its tasks, by slot and newest first within one; those that ended are kept by the engine for a while. Throws `not_found`. */
  tasks?(id: string, options?: StoreOptions): Promise<ServiceTask[]>;
};

/** What belongs to a Compose project in its engine now. All empty for one that is not there. */
export type ComposeParts = {
  /** The files that it was brought up from, as absolute paths of the machine where that was done. */
  files: string[];
  /** `workloadId`: it is a workload of ours. */
  containers: { engineId: string; name: string; workloadId?: string }[];
  /** Networks and volumes that Compose made for it, by name; those that it only uses are not its own. */
  networks: string[];
  volumes: string[];
  /** The engine that has it; absent for the default one. */
  endpoint?: string;
};

/** Projects that a Compose file describes. */
export type ComposeGroup = {
  /** Brings a file's services up; what comes up appears as foreign until it is adopted. Idempotent. Returns the project's name. */
  up(
    context: OperationContext,
    options: StoreOptions & { file: string; project?: string },
  ): Promise<{ project: string }>;
  /** What a `down` would take. Changes nothing. */
  parts?(project: string, options?: StoreOptions): Promise<ComposeParts>;
  /**
   * Stops and removes its containers and networks, and with `volumes` its volumes and their files. Idempotent. Throws
   * `conflict` while workloads of ours are among the containers: they are removed first, with their snapshots. What is
   * removed when it is cut off stays so; asking again goes on.
   */
  down?(context: OperationContext, options: StoreOptions & { project: string; volumes: boolean }): Promise<void>;
};

/**
 * What was before the last change that made the workload anew: whole, stopped, until the next such change or a return to a snapshot.
 * Present exactly where the driver keeps it.
 */
export type KeptGroup = {
  /** What is kept, with the spec it had; null when nothing is. */
  get(ref: WorkloadRef): Promise<{ spec: WorkloadSpec; atMs: number } | null>;
  /** Brings it back with its own files; the present one is kept in its stead. Throws `not_found` when nothing is kept. */
  revert(context: OperationContext, ref: WorkloadRef): Promise<{ handle: Handle; spec: WorkloadSpec }>;
  /** Removes it for good. Idempotent. */
  drop(context: OperationContext, ref: WorkloadRef): Promise<void>;
};
