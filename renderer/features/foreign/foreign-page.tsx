import { Compass } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import type { ForeignView } from '../../../electron/bridge/contract.ts';
import { useRun } from '../../client/use-run.ts';
import { useHost, useWindow } from '../../client/window-context.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { DriverGlyph } from '../../ui/driver-glyph.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Page } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';

/** What runs on this machine without us; read-only until it is adopted. */
export function ForeignPage() {
  const { t } = useTranslation('foreign');
  const found = useHost(useShallow((state) => Object.values(state.foreign).flat()));
  if (found.length === 0) return <EmptyState icon={Compass} title={t('none')} text={t('noneText')} />;
  return (
    <Page title={t('title')} text={t('text')}>
      <ul className="lines">
        {found.map((one) => (
          <Found key={`${one.driver} ${one.engineId}`} one={one} />
        ))}
      </ul>
    </Page>
  );
}

function Found({ one }: { one: ForeignView }) {
  const { t } = useTranslation('foreign');
  const { route } = useWindow();
  const run = useRun();
  const [busy, setBusy] = useState(false);
  const adopt = async () => {
    setBusy(true);
    const workload = await run('workloads.adopt', { driver: one.driver, engineId: one.engineId });
    setBusy(false);
    if (workload) route.go({ page: 'list', view: 'all', id: workload.id, tab: null });
  };
  return (
    <li>
      <DriverGlyph driver={one.driver} />
      <div className="grow">
        <h2 className="truncate">
          {one.name} {one.ours ? <Badge tone="warn">{t('ours')}</Badge> : null}{' '}
          {one.endpoint ? <Badge>{one.endpoint}</Badge> : null}
        </h2>
        <p className="muted truncate mono">{one.engineId}</p>
      </div>
      <StateBadge phase={one.observation.phase} reason={one.observation.reason} />
      <Button size="sm" busy={busy} onClick={() => void adopt()}>
        {t('adopt')}
      </Button>
    </li>
  );
}
