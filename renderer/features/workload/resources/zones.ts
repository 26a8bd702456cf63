/** A stretch of a slider in the slider's own unit. */
export type Zone = { kind: 'live' | 'restart' | 'overcommit'; from: number; to: number };

/**
 * The zones of one slider: up to `liveMax` a change takes effect at once, above it with the next start, above what the
 * host has it is more than there is. Empty zones are left out. Pure.
 */
export function zonesOf(range: { min: number; max: number; liveMax: number; hostMax: number }): Zone[] {
  const clamp = (value: number) => Math.min(range.max, Math.max(range.min, value));
  const live = clamp(Math.min(range.liveMax, range.hostMax));
  const host = clamp(range.hostMax);
  const zones: Zone[] = [
    { kind: 'live', from: range.min, to: live },
    { kind: 'restart', from: live, to: host },
    { kind: 'overcommit', from: host, to: range.max },
  ];
  return zones.filter((zone) => zone.to > zone.from);
}

/** The zone in which a value lies. Pure. */
export function zoneAt(zones: readonly Zone[], value: number): Zone['kind'] {
  return zones.find((zone) => value <= zone.to)?.kind ?? zones.at(-1)?.kind ?? 'live';
}

/** Ticks at powers of two between the ends, both ends included. Pure. */
export function powersOfTwo(min: number, max: number): number[] {
  const ticks = [min];
  // One that is nearer to the end than half a step would stand on the end's number.
  for (let tick = 2 ** Math.ceil(Math.log2(min + 1e-9)); tick * Math.SQRT2 <= max; tick *= 2)
    if (tick > min) ticks.push(tick);
  ticks.push(max);
  return ticks;
}

/** The place of a value between the ends on a logarithmic scale, from 0 to 1; small values need as much room as large ones. Pure. */
export function toShare(value: number, min: number, max: number): number {
  if (max <= min) return 0;
  return Math.log(Math.min(max, Math.max(min, value)) / min) / Math.log(max / min);
}

/** The inverse of `toShare`. Pure. */
export function fromShare(share: number, min: number, max: number): number {
  return min * (max / min) ** Math.min(1, Math.max(0, share));
}
