import type { SnapshotView } from '../../../../electron/bridge/contract.ts';

/** Where one snapshot is drawn: its row in time and its lane. */
export type PlacedSnapshot = {
  snapshot: SnapshotView;
  row: number;
  lane: number;
  parentRow: number | null;
  parentLane: number | null;
};

/** The drawn tree: newest first, a lane for each branch. */
export type TreeLayout = {
  placed: PlacedSnapshot[];
  lanes: number;
  here: { row: number; lane: number; parentRow: number | null; parentLane: number | null };
};

/**
 * Lays the tree out over time: the present state on top, then snapshots from new to old. The line from the present
 * state down keeps lane 0; each other branch takes the first lane that is free over its whole length. Pure.
 */
export function layoutTree(snapshots: readonly SnapshotView[], currentId: string | null): TreeLayout {
  const byId = new Map(snapshots.map((one) => [one.id, one]));
  const order = [...snapshots].sort(
    (left, right) => right.createdAtMs - left.createdAtMs || right.id.localeCompare(left.id),
  );
  // Row 0 is the present state.
  const rowOf = new Map(order.map((one, index) => [one.id, index + 1]));
  const trunk = new Set<string>();
  for (let at = currentId === null ? undefined : byId.get(currentId); at !== undefined && !trunk.has(at.id); ) {
    trunk.add(at.id);
    at = at.parentId === null ? undefined : byId.get(at.parentId);
  }
  const lane = new Map<string, number>();
  for (const id of trunk) lane.set(id, 0);
  /** For each lane the rows that it has taken, as [from, to]. */
  const taken: [number, number][][] = [[[0, order.length + 1]]];
  // A branch begins at its newest end, whose line runs down to where it leaves its parent.
  for (const tip of order) {
    if (lane.has(tip.id)) continue;
    const branch: SnapshotView[] = [];
    let at: SnapshotView | undefined = tip;
    while (at !== undefined && !lane.has(at.id)) {
      branch.push(at);
      at = at.parentId === null ? undefined : byId.get(at.parentId);
    }
    const from = rowOf.get(tip.id) ?? 0;
    const to = at === undefined ? (rowOf.get(branch.at(-1)?.id ?? '') ?? from) : (rowOf.get(at.id) ?? from);
    let free = 1;
    while ((taken[free] ?? []).some(([first, last]) => first <= to && last >= from)) free += 1;
    (taken[free] ??= []).push([from, to]);
    for (const one of branch) lane.set(one.id, free);
  }
  const placed = order.map((snapshot): PlacedSnapshot => {
    const parent = snapshot.parentId === null ? undefined : byId.get(snapshot.parentId);
    return {
      snapshot,
      row: rowOf.get(snapshot.id) ?? 0,
      lane: lane.get(snapshot.id) ?? 0,
      parentRow: parent === undefined ? null : (rowOf.get(parent.id) ?? null),
      parentLane: parent === undefined ? null : (lane.get(parent.id) ?? null),
    };
  });
  const current = currentId === null ? undefined : placed.find((one) => one.snapshot.id === currentId);
  return {
    placed,
    lanes: Math.max(1, taken.length),
    here: { row: 0, lane: 0, parentRow: current?.row ?? null, parentLane: current?.lane ?? null },
  };
}
