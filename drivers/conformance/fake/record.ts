import type { Phase, Snapshot } from '../../driver.ts';
import type { WorkloadSpec } from '../../spec.ts';
import type { ProcessMark } from './process.ts';

/** Files on the disk of a fake guest, by path, and variables in its memory, by name. */
export type Contents = Record<string, string>;

/** A snapshot with what it froze. `memory` is null for one of the disk only. */
export type FakeSnapshot = Snapshot & { disk: Contents; memory: Contents | null };

/** All that the fake engine knows of one workload: the whole of its file. */
export type FakeRecord = {
  id: string;
  spec: WorkloadSpec;
  phase: Phase;
  reason: string;
  /** Not made by NovaCron. */
  foreign: boolean;
  /** What is half done; a recovery undoes it. */
  intent: 'create' | 'start' | 'remove' | 'clone' | null;
  startedAtMs: number | null;
  exitCode: number | null;
  process: ProcessMark | null;
  /** Number of starts so far. */
  boots: number;
  disk: Contents;
  memory: Contents;
  snapshots: FakeSnapshot[];
  currentId: string | null;
  /** Spec fields that wait for the next start. */
  pending: string[];
};
