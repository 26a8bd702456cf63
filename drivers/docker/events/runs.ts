import type { Observation } from '../../driver.ts';
import { nanosOf } from './message.ts';

/** The part of an inspect answer that tells about runs; `FinishedAt` is of the last run that is over, also while the next one runs. */
export type RunState = { Running: boolean; Restarting: boolean; StartedAt: string; FinishedAt?: string };

/** Runs whose end an inspect answer showed, whoever asked for it: container -> when the last such run began, nanoseconds by the engine's clock. */
export type ShownEnds = Map<string, bigint>;

/** What one look tells of the last run: when it began, when the last one that is over ended (0 for none), and whether they are the same. */
type Seen = { beganNs: bigint; endedNs: bigint; over: boolean };

/** Between two looks at a container runs ended whose ends neither shows. */
export type Gap = {
  before: Seen;
  /** From here on: the begin of the run that was seen running, or the end that was seen. */
  sinceNs: bigint;
  /** When the run began that is seen now. */
  untilNs: bigint;
  /** The last of those ends, where the answer tells its time. */
  endedNs: bigint | null;
};

/** What is known of the runs of containers by looking at them. */
export type Runs = {
  readonly shown: ShownEnds;
  /** Takes an answer that is told as an observation. */
  see(containerId: string, state: RunState): void;
  /** Takes what a host before this one saw last. Nothing once the container was looked at. */
  remember(containerId: string, last: Pick<Observation, 'phase' | 'startedAtMs' | 'endedAtMs'>): void;
  /** Told of each gap between two looks; what it does not want is found again by the next look. Returns what ends that. */
  onGap(listener: (containerId: string, gap: Gap) => void): () => void;
  /** The gap could not be looked into: the next look finds it again. */
  again(containerId: string, gap: Gap): void;
};

/** Times that a host before this one stored are cut to milliseconds. */
const cutNs = 1_000_000n;

/** Opens it without anything seen. */
export function openRuns(): Runs {
  const shown: ShownEnds = new Map();
  const seen = new Map<string, Seen>();
  const listeners = new Set<(containerId: string, gap: Gap) => void>();
  return {
    shown,
    see(containerId, state) {
      const [beganNs, endedNs] = [nanosOf(state.StartedAt), nanosOf(state.FinishedAt)];
      const now = { beganNs, endedNs, over: !state.Running || endedNs > beganNs };
      // One that the engine is about to start again is told as starting: its end is not shown.
      if (!state.Running && !state.Restarting) shown.set(containerId, beganNs);
      const before = seen.get(containerId);
      const gap = before === undefined ? null : gapBetween(before, now);
      if (gap !== null && listeners.size === 0) return;
      seen.set(containerId, now);
      if (gap !== null) for (const listener of listeners) listener(containerId, gap);
    },
    remember(containerId, { phase, startedAtMs, endedAtMs }) {
      const over = phase === 'stopped' || phase === 'crashed';
      if (seen.has(containerId) || (startedAtMs === undefined && endedAtMs === undefined)) return;
      const endedNs = BigInt(Math.floor(endedAtMs ?? 0)) * 1_000_000n;
      // Of one that was over only its end is known: the next run began after that.
      const beganNs = startedAtMs === undefined ? endedNs : BigInt(Math.floor(startedAtMs)) * 1_000_000n;
      seen.set(containerId, { beganNs, endedNs, over });
    },
    onGap(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    again(containerId, { before }) {
      seen.set(containerId, before);
    },
  };
}

/** Whether runs ended between two looks of which neither shows the end. Pure. */
function gapBetween(before: Seen, now: Seen): Gap | null {
  if (now.beganNs < before.beganNs + cutNs) return null;
  const gap = { before, sinceNs: before.over ? before.endedNs : before.beganNs, untilNs: now.beganNs };
  // What the answer shows as ended is the run that began last: of an end before it only events know.
  if (now.over) return before.over ? null : { ...gap, endedNs: null };
  return now.endedNs < before.endedNs + cutNs ? null : { ...gap, endedNs: now.endedNs };
}
