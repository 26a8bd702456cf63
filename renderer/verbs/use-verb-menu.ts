import type { Workload } from '../../electron/bridge/contract.ts';
import { useHost } from '../client/window-context.ts';
import type { MenuItem } from '../ui/menu.tsx';
import { useVerbWord } from './use-verb-word.ts';
import { useRefusal, useVerb } from './use-verbs.ts';
import { type VerbName, verbs } from './verbs.ts';

const usual: (VerbName | 'line')[] = [
  'start',
  'stop',
  'forceOff',
  'line',
  'pause',
  'resume',
  'restart',
  'reset',
  'line',
  'snapshot',
  'clone',
  'line',
  'remove',
  'removeByForce',
];
const trash: (VerbName | 'line')[] = ['restoreFromTrash', 'line', 'removeNow', 'removeByForce'];

/** The menu of all verbs of one workload; those that can't be used say why. */
export function useVerbMenu(workload: Workload): MenuItem[] {
  const driver = useHost((state) => state.drivers[workload.spec.driver]);
  const why = useRefusal();
  const act = useVerb();
  const wordOf = useVerbWord();
  const names = workload.trashedUntilMs === null ? usual : trash;
  return (
    names
      // Only where a plain removal does not do.
      .filter((name) => name !== 'removeByForce' || why(name, workload, driver) === null)
      .filter((name) => name !== (workload.observation.phase === 'paused' ? 'pause' : 'resume'))
      .map((name) =>
        name === 'line'
          ? 'line'
          : {
              id: name,
              label: wordOf(name, workload.spec.driver),
              icon: verbs[name].icon,
              reason: why(name, workload, driver),
              onSelect: () => void act(name, [workload]),
              ...(verbs[name].keys ? { keys: verbs[name].keys } : {}),
              ...(verbs[name].danger ? { danger: true } : {}),
            },
      )
  );
}
