import { Cpu, ListChecks, MemoryStick, Plug, TriangleAlert, Unplug } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import type { DriverState } from '../../electron/bridge/contract.ts';
import { useHost, useUi, useWindow } from '../client/window-context.ts';
import { activeJobs, totalFraction } from '../features/jobs/jobs.ts';
import { formatBytes } from '../format/bytes.ts';
import { Progress } from '../ui/progress.tsx';
import { Tooltip } from '../ui/tooltip.tsx';

/** The line at the bottom: connection, engines, the machine, and the jobs. */
export function StatusBar() {
  const { t } = useTranslation('shell');
  const connection = useHost((state) => state.connection);
  const drivers = useHost(useShallow((state) => Object.values(state.drivers)));
  const host = useHost((state) => state.host);
  const connected = connection === 'connected';
  return (
    <footer className="status">
      <span className="status-item" data-tone={connected ? 'ok' : 'warn'}>
        {connected ? <Plug size={12} aria-hidden /> : <Unplug size={12} aria-hidden />}
        {t(`connection.${connection}`)}
      </span>
      {drivers.map((driver) => (
        <Engine key={driver.name} driver={driver} />
      ))}
      <span className="grow" />
      {host ? (
        <Tooltip text={t('machineHint', { directory: host.dataDirectory, version: host.version })} side="top">
          <span className="status-item num">
            <Cpu size={12} aria-hidden />
            {t('cpus', { count: host.cpus })}
            <span className="status-item status-part">
              <MemoryStick size={12} aria-hidden />
              {t('free', { free: formatBytes(host.freeMemoryBytes), all: formatBytes(host.memoryBytes) })}
            </span>
          </span>
        </Tooltip>
      ) : null}
      <JobsButton />
    </footer>
  );
}

function Engine({ driver }: { driver: DriverState }) {
  const { route } = useWindow();
  const { t } = useTranslation(['shell', 'common']);
  const healthy = driver.health === 'healthy';
  const { endpoints = [] } = driver;
  const well = endpoints.filter((one) => one.health === 'healthy').length;
  // The version is that of one of them: with one away, how many answer is what counts.
  const some = healthy && well < endpoints.length;
  const away = some ? endpoints.filter((one) => one.health !== 'healthy').map((one) => one.summary) : [];
  return (
    <Tooltip text={[driver.summary, ...away, ...driver.fixes.map((fix) => fix.text)].join('\n')} side="top">
      <button
        type="button"
        className="status-item"
        data-tone={some ? 'warn' : healthy ? 'ok' : driver.health === 'unhealthy' ? 'warn' : undefined}
        onClick={() => route.go({ page: 'doctor' })}
      >
        {healthy && !some ? <span className="status-dot" aria-hidden /> : <TriangleAlert size={12} aria-hidden />}
        {t(`common:driverShort.${driver.name}`)}{' '}
        {some
          ? t('engineCount', { well, all: endpoints.length })
          : healthy
            ? driver.version
            : t(`health.${driver.health}`)}
      </button>
    </Tooltip>
  );
}

function JobsButton() {
  const { ui } = useWindow();
  const { t } = useTranslation('shell');
  const open = useUi((state) => state.trayOpen);
  const jobs = useHost((state) => state.jobs);
  const active = activeJobs(jobs);
  return (
    <Tooltip text={t('jobsHint')} keys="Mod+J" side="top">
      <button
        type="button"
        className="status-item"
        aria-expanded={open}
        onClick={() => ui.setState({ trayOpen: !open })}
      >
        <ListChecks size={12} aria-hidden />
        {active.length > 0 ? t('jobsRunning', { count: active.length }) : t('jobs')}
        {active.length > 0 ? <Progress fraction={totalFraction(active)} label={t('jobs')} /> : null}
      </button>
    </Tooltip>
  );
}
