import type { SnapshotRecord } from '../machine/record.ts';

/** Restore points that NovaCron made by itself and keeps for each machine. */
export const automaticSnapshots = 5;

/**
 * The automatic snapshots beyond the bound, oldest first: only leaves, and never where the machine stands. Pure.
 */
export function surplusAutomatic(
  snapshots: readonly SnapshotRecord[],
  currentId: string | null,
  bound: number = automaticSnapshots,
): string[] {
  const automatic = snapshots
    .filter((snapshot) => snapshot.automatic)
    .toSorted((one, other) => one.createdAtMs - other.createdAtMs);
  const parents = new Set(snapshots.map((snapshot) => snapshot.parentId));
  return automatic
    .slice(0, Math.max(0, automatic.length - bound))
    .filter((snapshot) => !parents.has(snapshot.id) && snapshot.id !== currentId)
    .map((snapshot) => snapshot.id);
}
