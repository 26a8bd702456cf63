import type { WorkloadSpec } from './spec.ts';

/** The driver's own state for one workload, kept by the host, JSON, versioned by the driver. */
export type Handle = { version: number; [key: string]: unknown };

/** Names one workload to its driver. */
export type WorkloadRef = { id: string; name: string; spec: WorkloadSpec; handle: Handle };

/** Passed to every operation that takes time. */
export type OperationContext = {
  /** Aborted on cancel: the driver undoes what it did and throws `cancelled`. */
  signal: AbortSignal;
  /** Progress; `fraction` from 0 to 1, or null where nobody knows. */
  progress(fraction: number | null, message: string): void;
  /** A guest that does not follow a change is waited for no longer than this, milliseconds; what it has not followed is told as `lagging`. The driver's own time where absent. */
  patienceMs?: number;
  /** A line for the job's output. */
  log(line: string): void;
  /** Stores the handle durably before it returns. Called before each side effect that the old handle can't find. */
  saveHandle(handle: Handle): void;
};
