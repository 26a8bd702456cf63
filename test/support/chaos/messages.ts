/** A workload as the host that is about to be killed sees it. */
export type Seen = { id: string; name: string; phase: string; reason: string; pid: number | null };

/** What the child tells its parent, one JSON line each, written before the child goes on. */
export type Message =
  /** After recovery: what was found, and what is wrong with it. */
  | { type: 'recovered'; workloads: Seen[]; wrong: string[]; tookMs: number }
  /** An operation begins or has ended on these workloads. */
  | { type: 'begin'; verb: string; names: string[] }
  | { type: 'end'; verb: string; names: string[]; error: string | null; workloads: Seen[] };
