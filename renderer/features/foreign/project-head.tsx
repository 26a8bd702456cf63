import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { composeProjectLabel } from '../../../electron/bridge/contract.ts';
import { useRun } from '../../client/use-run.ts';
import { useWindow } from '../../client/window-context.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { labelText } from '../list/views.ts';
import type { FoundGroup } from './projects.ts';

/** The name of a project and the button that adopts all of it, one after the other. What fails stays and is told. */
export function ProjectHead({ group, id }: { group: FoundGroup; id: string }) {
  const { t } = useTranslation('foreign');
  const { route, toasts } = useWindow();
  const run = useRun();
  const [busy, setBusy] = useState(false);
  const name = group.project ?? '';
  const adopt = async () => {
    setBusy(true);
    let taken = 0;
    for (const { driver, engineId } of group.members) {
      if (await run('workloads.adopt', { driver, engineId })) taken += 1;
    }
    setBusy(false);
    if (taken === 0) return;
    toasts.show({ tone: 'ok', text: t('adopted', { count: taken, name }) });
    if (taken === group.members.length)
      route.go({ page: 'list', view: `label:${labelText(composeProjectLabel, name)}`, id: null, tab: null });
  };
  return (
    <header className="row found-head">
      <h2 id={id} className="truncate">
        {name}
      </h2>
      <Badge>{t('project')}</Badge>
      {group.endpoint ? <Badge>{group.endpoint}</Badge> : null}
      <span className="muted grow">{t('members', { count: group.members.length })}</span>
      <Button size="sm" busy={busy} onClick={() => void adopt()}>
        {t('adoptProject')}
      </Button>
    </header>
  );
}
