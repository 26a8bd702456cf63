import { type RefObject, useEffect, useRef } from 'react';
import type { Workload } from '../../../../electron/bridge/contract.ts';
import { useHost } from '../../../client/window-context.ts';

/**
 * What the screen showed at the snapshot on which the workload stands: a guest that was put back prints nothing by
 * itself, and a black screen would look like a fault. Empty where nothing is known.
 */
export function useScreenTail(workload: Workload): RefObject<string> {
  const tree = useHost((state) => state.snapshots[workload.id]);
  const text = tree?.snapshots.find((one) => one.id === tree.currentId)?.consoleTail ?? '';
  const tail = useRef(text);
  useEffect(() => {
    tail.current = text;
  }, [text]);
  return tail;
}
