import { type RefObject, useEffect, useMemo, useRef } from 'react';
import type { SnapshotTreeView, Workload } from '../../../../electron/bridge/contract.ts';
import { useHost } from '../../../client/window-context.ts';

/**
 * What the screen showed at the snapshot on which the workload stands: a guest that was put back prints nothing by
 * itself, and a black screen would look like a fault. Empty where nothing is known.
 */
export function useScreenTail(workload: Workload): RefObject<string> {
  const tree = useHost((state) => state.snapshots[workload.id]);
  const text = useMemo(() => tailOf(tree), [tree]);
  const tail = useRef(text);
  useEffect(() => {
    tail.current = text;
  }, [text]);
  return tail;
}

/** The last lines of the present snapshot; where it has none, since nothing was printed before it either, those of its forebears. */
function tailOf(tree: SnapshotTreeView | undefined): string {
  const seen = new Set<string>();
  for (let id = tree?.currentId ?? null; id !== null && !seen.has(id); ) {
    seen.add(id);
    const one = tree?.snapshots.find((snapshot) => snapshot.id === id);
    if (one?.consoleTail) return one.consoleTail;
    id = one?.parentId ?? null;
  }
  return '';
}
