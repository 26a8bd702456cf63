import { useTranslation } from 'react-i18next';
import type { Workload } from '../../../electron/bridge/contract.ts';
import { useHost } from '../../client/window-context.ts';
import { Button } from '../../ui/button.tsx';
import { Note } from '../../ui/note.tsx';
import { useRefusal, useVerb } from '../../verbs/use-verbs.ts';
import { useFieldName } from './use-field-name.ts';

/** Names what was changed and waits for the next start, with the button that brings it. */
export function PendingNote({ workload }: { workload: Workload }) {
  const { t } = useTranslation(['workload', 'common']);
  const driver = useHost((state) => state.drivers[workload.spec.driver]);
  const why = useRefusal();
  const act = useVerb();
  const nameOf = useFieldName();
  const pending = workload.observation.pending ?? [];
  if (pending.length === 0) return null;
  return (
    <Note
      tone="info"
      actions={
        <Button size="sm" reason={why('restart', workload, driver)} onClick={() => void act('restart', [workload])}>
          {t('restartNow')}
        </Button>
      }
    >
      {t('pending', { fields: pending.map(nameOf).join(', ') })}
    </Note>
  );
}
