import { type Message, nanosOf } from './message.ts';

/** How a run of a container ended, as its events tell it. */
export type End = {
  /** By the engine's clock, nanoseconds since the epoch. */
  atNs: bigint;
  exitCode: number;
  outOfMemory: boolean;
  /** A signal was sent through the engine before. */
  asked: boolean;
};

/** The part of an inspect answer that tells about runs. */
export type RunState = { Running: boolean; Restarting: boolean; StartedAt: string };

/** Runs whose end an inspect answer showed, whoever asked for it: container -> when the last such run began, nanoseconds by the engine's clock. */
export type ShownEnds = Map<string, bigint>;

/** Signals that do not end most programs: by custom they ask for something else. */
const noEnd = new Set([
  '1',
  '10',
  '12',
  '17',
  '18',
  '19',
  '28',
  'HUP',
  'USR1',
  'USR2',
  'CHLD',
  'CONT',
  'STOP',
  'WINCH',
]);
/** How many ends of one container wait for a look at most; the oldest fall out. */
const waitingEnds = 32;
/** The event of a start comes soon after the time that the engine notes as the begin of the run, nanoseconds. */
const startMarginNs = 10_000_000_000n;

/** Notes that an answer shows how a run ended. To be called for each answer that is told as an observation. */
export function noteShown(shown: ShownEnds, containerId: string, state: RunState): void {
  // One that the engine is about to start again is told as starting: its end is not shown.
  if (!state.Running && !state.Restarting) shown.set(containerId, nanosOf(state.StartedAt));
}

/** Follows how the runs of containers end, by their events in order. */
export type Ends = {
  /** Takes one event. */
  take(message: Message): void;
  /**
   * After a look: the ends that neither this answer nor one before shows, oldest first, since the container runs again or is being
   * started again. Each is told once. Note the answer with `noteShown` before.
   */
  hidden(containerId: string, state: RunState): End[];
  /** Containers with ends that no look has dealt with. */
  open(): string[];
};

type Runs = { asked: boolean; outOfMemory: boolean; lastEndNs: bigint; waiting: End[] };

/** Nothing has ended yet. `shown` is shared with all who look. */
export function openEnds(shown: ShownEnds): Ends {
  const containers = new Map<string, Runs>();
  const runsOf = (id: string): Runs => {
    const runs = containers.get(id) ?? { asked: false, outOfMemory: false, lastEndNs: 0n, waiting: [] };
    containers.set(id, runs);
    return runs;
  };
  const dealtWith = (runs: Runs, ends: readonly End[]): void => {
    runs.waiting = runs.waiting.filter((end) => !ends.includes(end));
    for (const { atNs } of ends) if (atNs > runs.lastEndNs) runs.lastEndNs = atNs;
  };
  /** A run that began then ended with the first end after it; it is of no waiting one when an end after it is dealt with. */
  const endOf = (runs: Runs, beganNs: bigint): End | undefined =>
    beganNs > runs.lastEndNs ? runs.waiting.find((end) => end.atNs >= beganNs) : undefined;
  // An end that came before the shown one is not lost by that: it is older than the run that the next look shows.
  const dropShown = (id: string, runs: Runs): void => {
    const end = endOf(runs, shown.get(id) ?? 0n);
    if (end !== undefined) dealtWith(runs, [end]);
  };
  return {
    take({ action, containerId, attributes, atNs }) {
      switch (action) {
        case 'kill':
          if (!noEnd.has((attributes['signal'] ?? '').replace(/^SIG/, ''))) runsOf(containerId).asked = true;
          return;
        case 'oom':
          runsOf(containerId).outOfMemory = true;
          return;
        case 'die': {
          const runs = runsOf(containerId);
          const exitCode = Number(attributes['exitCode'] ?? 0) || 0;
          runs.waiting.push({ atNs, exitCode, asked: runs.asked, outOfMemory: runs.outOfMemory });
          if (runs.waiting.length > waitingEnds) runs.waiting.shift();
          return;
        }
        case 'start': {
          const runs = containers.get(containerId);
          const before = shown.get(containerId);
          if (runs !== undefined) {
            dropShown(containerId, runs);
            Object.assign(runs, { asked: false, outOfMemory: false });
          }
          // What was shown is of a run before; its end may have been lost with a restart of the engine.
          if (before !== undefined && before < atNs - startMarginNs) shown.delete(containerId);
          return;
        }
        case 'destroy':
          containers.delete(containerId);
          shown.delete(containerId);
          return;
        default:
      }
    },
    hidden(containerId, state) {
      const runs = containers.get(containerId);
      if (runs === undefined) return [];
      dropShown(containerId, runs);
      const beganNs = nanosOf(state.StartedAt);
      const restarted = state.Restarting ? endOf(runs, beganNs) : undefined;
      const hidden = runs.waiting.filter((end) => end.atNs < beganNs || end === restarted);
      dealtWith(runs, hidden);
      return hidden;
    },
    open: () => [...containers].filter(([, runs]) => runs.waiting.length > 0).map(([id]) => id),
  };
}
