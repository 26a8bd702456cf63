import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ForeignView } from '../../../electron/bridge/contract.ts';
import { useRun } from '../../client/use-run.ts';
import { useWindow } from '../../client/window-context.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { DriverGlyph } from '../../ui/driver-glyph.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';

/** What tools show of a long id of hexadecimal digits. */
const shortId = (id: string): string => (/^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id);

/** One workload that others made, with the button that takes it into our care. */
export function FoundLine({ one }: { one: ForeignView }) {
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
        <h3 className="truncate">
          {one.name} {one.ours ? <Badge tone="warn">{t('ours')}</Badge> : null}{' '}
          {one.endpoint ? <Badge>{one.endpoint}</Badge> : null}
        </h3>
        <p className="muted truncate" title={one.engineId}>
          <span className="mono">{shortId(one.engineId)}</span> · {one.observation.reason}
        </p>
      </div>
      <StateBadge phase={one.observation.phase} reason={one.observation.reason} />
      <Button size="sm" busy={busy} aria-label={t('adoptNamed', { name: one.name })} onClick={() => void adopt()}>
        {t('adopt')}
      </Button>
    </li>
  );
}
