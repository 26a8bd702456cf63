import { useCallback } from 'react';
import type { Workload } from '../../electron/bridge/contract.ts';
import { useVerb } from './use-verbs.ts';
import type { VerbName } from './verbs.ts';

/** One key a verb; `p` is pause or resume by state. */
const verbKeys: Readonly<Record<string, VerbName>> = {
  s: 'start',
  x: 'stop',
  p: 'pause',
  r: 'restart',
  n: 'snapshot',
  Delete: 'remove',
};

/** Runs the verb of a key on some workloads; false when the key is none of a verb. */
export function useVerbKeys(): (key: string, targets: readonly Workload[]) => boolean {
  const verb = useVerb();
  return useCallback(
    (key, targets) => {
      const name = verbKeys[key];
      if (name === undefined) return false;
      if (name !== 'pause') {
        void verb(name, targets);
        return true;
      }
      const paused = targets.filter((one) => one.observation.phase === 'paused');
      if (paused.length > 0) void verb('resume', paused);
      void verb(
        'pause',
        targets.filter((one) => one.observation.phase === 'running'),
      );
      return true;
    },
    [verb],
  );
}
