import {
  type Goal,
  type Line,
  type Measured,
  median,
  ratioOf,
  samplesOf,
  spread,
  type Verdict,
  verdictOf,
} from './figures.ts';
import type { BenchMachine } from './machine.ts';

/** A measurement with all that it was made of. */
export type JsonMeasured = { median: number; spread: number; samples: readonly number[] };

/** A row as `--json` prints it. */
export type JsonLine =
  | { name: string; skipped: string }
  | {
      name: string;
      unit: string;
      ours: JsonMeasured;
      peer: (JsonMeasured & { name: string }) | null;
      ratio: number | null;
      goal: Goal | null;
      verdict: Verdict;
      note: string | null;
    };

function measuredOf(measured: Measured): JsonMeasured {
  const samples = samplesOf(measured);
  return { median: median(samples), spread: spread(samples), samples };
}

function lineOf(line: Line): JsonLine {
  if ('skipped' in line) return line;
  const { name, unit, peer, goal, note = null } = line;
  return {
    name,
    unit,
    ours: measuredOf(line.value),
    peer: peer === undefined ? null : { name: peer.name, ...measuredOf(peer.value) },
    ratio: ratioOf(line),
    goal,
    verdict: verdictOf(line),
    note,
  };
}

/** The whole run as the one value that `--json` prints. */
export function report(machine: BenchMachine, lines: readonly Line[]): { machine: BenchMachine; rows: JsonLine[] } {
  return { machine, rows: lines.map(lineOf) };
}
