import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useHost, useRoute, useWindow } from '../../client/window-context.ts';
import { engineOf } from '../../store/engine-of.ts';
import { type Tab, Tabs } from '../../ui/tabs.tsx';
import { ConsoleTab } from './console/console-tab.tsx';
import { DisplayTab, hasDisplay } from './console/display-tab.tsx';
import { LogTab } from './console/log-tab.tsx';
import { FilesTab } from './files/files-tab.tsx';
import { Gone } from './gone.tsx';
import { WorkloadHeader } from './header.tsx';
import { HistoryTab } from './history/history-tab.tsx';
import { OverviewTab } from './overview/overview-tab.tsx';
import { ResourcesTab } from './resources/resources-tab.tsx';
import { SettingsTab } from './settings/settings-tab.tsx';
import { SnapshotsTab } from './snapshots/snapshots-tab.tsx';
import './workload.css';

/** Everything about one workload: its header with the verbs, and its tabs. */
export function WorkloadPage({ id }: { id: string }) {
  const { t } = useTranslation(['workload', 'display', 'files']);
  const { route } = useWindow();
  const at = useRoute();
  // Opened at its console, for example after it was made: the keyboard is its own, unless it is in the list.
  const [focusTurn, setFocusTurn] = useState(() =>
    at.page === 'list' && at.tab === 'console' && document.activeElement?.closest('.grid') == null ? 1 : 0,
  );
  const workload = useHost((state) => state.workloads[id]);
  const count = useHost((state) => state.snapshots[id]?.snapshots.length ?? 0);
  const known = useHost((state) => (workload ? state.drivers[workload.spec.driver] : undefined));
  const driver = workload ? engineOf(known, workload.spec) : undefined;
  // An engine that is away for a while takes no tab away: what stood there says why there is nothing.
  const [able, setAble] = useState({ logs: false, files: false });
  const { logs, files } =
    driver?.health === 'healthy'
      ? {
          logs: driver.capabilities.logs?.available ?? false,
          files: driver.capabilities.files?.available ?? false,
        }
      : able;
  if (logs !== able.logs || files !== able.files) setAble({ logs, files });
  if (!workload) return <Gone id={id} />;
  const tabs: Tab[] = [
    { id: 'overview', label: t('tab.overview'), content: <OverviewTab workload={workload} /> },
    // The terminal stays mounted behind the other tabs: it must lose neither its scroll place nor its stream.
    {
      id: 'console',
      label: t('tab.console'),
      content: <ConsoleTab workload={workload} focusTurn={focusTurn} />,
      keep: true,
    },
    ...(hasDisplay(workload)
      ? [{ id: 'display', label: t('display:tab'), content: <DisplayTab workload={workload} /> }]
      : []),
    {
      id: 'snapshots',
      label: t('tab.snapshots'),
      badge: count > 0 ? <span className="tab-count num">{count}</span> : undefined,
      content: <SnapshotsTab workload={workload} />,
    },
    { id: 'resources', label: t('tab.resources'), content: <ResourcesTab workload={workload} /> },
    ...(logs ? [{ id: 'logs', label: t('tab.logs'), content: <LogTab workload={workload} /> }] : []),
    ...(files
      ? [{ id: 'files', label: t('files:tab'), content: <FilesTab key={workload.id} workload={workload} /> }]
      : []),
    { id: 'settings', label: t('tab.settings'), content: <SettingsTab key={workload.id} workload={workload} /> },
    { id: 'history', label: t('tab.history'), content: <HistoryTab workload={workload} /> },
  ];
  const wanted = at.page === 'list' ? at.tab : null;
  const value = tabs.some((tab) => tab.id === wanted) ? String(wanted) : 'overview';
  return (
    <article className="workload" aria-label={workload.spec.name}>
      <WorkloadHeader workload={workload} />
      <Tabs
        key={id}
        className="tabs-root workload-tabs"
        label={t('tabs')}
        value={value}
        onChange={(tab) => {
          if (at.page === 'list') route.go({ ...at, tab }, { replace: true });
        }}
        onPick={(tab) => {
          if (tab === 'console') setFocusTurn((turn) => turn + 1);
        }}
        tabs={tabs}
      />
    </article>
  );
}
