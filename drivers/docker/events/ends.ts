import { type Message, nanosOf } from './message.ts';
import type { RunState, ShownEnds } from './runs.ts';

/** How a run of a container ended, as its events tell it. */
export type End = {
  /** By the engine's clock, nanoseconds since the epoch. */
  atNs: bigint;
  /** Null for one of which only the time is known. */
  exitCode: number | null;
  outOfMemory: boolean;
  /** A signal was sent through the engine before. */
  asked: boolean;
};

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

/** Whether a signal was sent and memory was short since the last start. */
type Signs = { asked: boolean; outOfMemory: boolean };

/** Takes one event into what is known of the present run. Returns how that ended, when it did. */
function readSign(signs: Signs, { action, attributes, atNs }: Message): End | null {
  switch (action) {
    case 'kill':
      if (!noEnd.has((attributes['signal'] ?? '').replace(/^SIG/, ''))) signs.asked = true;
      return null;
    case 'oom':
      signs.outOfMemory = true;
      return null;
    case 'start':
      Object.assign(signs, { asked: false, outOfMemory: false });
      return null;
    case 'die': {
      const { asked, outOfMemory } = signs;
      return { atNs, exitCode: Number(attributes['exitCode'] ?? 0) || 0, asked, outOfMemory };
    }
    default:
      return null;
  }
}

/** How the runs of one container ended, by its events in order. Pure. */
export function endsIn(messages: readonly Message[]): End[] {
  const signs: Signs = { asked: false, outOfMemory: false };
  return messages.flatMap((message) => readSign(signs, message) ?? []);
}

/** Follows how the runs of containers end, by their events in order. */
export type Ends = {
  /** Takes one event. */
  take(message: Message): void;
  /** Adds ends that were asked for; those that are known already are left out. All before `sinceNs` is dealt with. */
  add(containerId: string, ends: readonly End[], sinceNs: bigint): void;
  /**
   * After a look: the ends that neither this answer nor one before shows, oldest first, since the container runs again or is being
   * started again. Each is told once. Note the answer with `Runs.see` before.
   */
  hidden(containerId: string, state: RunState): End[];
  /** Whether an end at this time or later is known, be it dealt with or not. */
  knows(containerId: string, atNs: bigint): boolean;
  /** Containers with ends that no look has dealt with. */
  open(): string[];
};

type Waiting = Signs & { lastEndNs: bigint; waiting: End[] };

/** Nothing has ended yet. `shown` is shared with all who look. */
export function openEnds(shown: ShownEnds): Ends {
  const containers = new Map<string, Waiting>();
  const runsOf = (id: string): Waiting => {
    const runs = containers.get(id) ?? { asked: false, outOfMemory: false, lastEndNs: 0n, waiting: [] };
    containers.set(id, runs);
    return runs;
  };
  const dealtWith = (runs: Waiting, ends: readonly End[]): void => {
    runs.waiting = runs.waiting.filter((end) => !ends.includes(end));
    for (const { atNs } of ends) if (atNs > runs.lastEndNs) runs.lastEndNs = atNs;
  };
  /** A run that began then ended with the first end after it; it is of no waiting one when an end after it is dealt with. */
  const endOf = (runs: Waiting, beganNs: bigint): End | undefined =>
    beganNs > runs.lastEndNs ? runs.waiting.find((end) => end.atNs >= beganNs) : undefined;
  // An end that came before the shown one is not lost by that: it is older than the run that the next look shows.
  const dropShown = (id: string, runs: Waiting): void => {
    const end = endOf(runs, shown.get(id) ?? 0n);
    if (end !== undefined) dealtWith(runs, [end]);
  };
  const wait = (id: string, end: End): void => {
    const runs = runsOf(id);
    // Asked for before its event came, or the other way round.
    if (end.atNs <= runs.lastEndNs || runs.waiting.some((one) => one.atNs === end.atNs)) return;
    runs.waiting.push(end);
    if (runs.waiting.length > waitingEnds) runs.waiting.shift();
  };
  return {
    take(message) {
      const { action, containerId, atNs } = message;
      if (action === 'destroy') {
        containers.delete(containerId);
        shown.delete(containerId);
        return;
      }
      const runs = containers.get(containerId);
      if (action === 'start') {
        const before = shown.get(containerId);
        if (runs !== undefined) dropShown(containerId, runs);
        // What was shown is of a run before; its end may have been lost with a restart of the engine.
        if (before !== undefined && before < atNs - startMarginNs) shown.delete(containerId);
        if (runs === undefined) return;
      }
      if (runs === undefined && action !== 'kill' && action !== 'oom' && action !== 'die') return;
      const end = readSign(runsOf(containerId), message);
      if (end !== null) wait(containerId, end);
    },
    add(containerId, ends, sinceNs) {
      const runs = runsOf(containerId);
      // What is shown is of a run before these.
      if (runs.lastEndNs < sinceNs) runs.lastEndNs = sinceNs;
      for (const end of ends) wait(containerId, end);
      runs.waiting.sort((one, other) => (one.atNs < other.atNs ? -1 : 1));
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
    knows(containerId, atNs) {
      const runs = containers.get(containerId);
      return runs !== undefined && (runs.lastEndNs >= atNs || runs.waiting.some((end) => end.atNs >= atNs));
    },
    open: () => [...containers].filter(([, runs]) => runs.waiting.length > 0).map(([id]) => id),
  };
}
