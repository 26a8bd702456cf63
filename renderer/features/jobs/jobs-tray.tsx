import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useHost, useUi, useWindow } from '../../client/window-context.ts';
import { IconButton } from '../../ui/button.tsx';
import { JobDetails } from './job-details.tsx';
import { JobRow } from './job-row.tsx';
import { sortJobs } from './jobs.ts';
import './jobs.css';

/** Older ones are in the history of their workload. */
const mostJobs = 100;

/** All jobs of late with their progress, output and outcome. */
export function JobsTray() {
  const { ui } = useWindow();
  const { t } = useTranslation('jobs');
  const open = useUi((state) => state.trayOpen);
  const jobs = useHost((state) => state.jobs);
  const [chosen, setChosen] = useState<string | null>(null);
  if (!open) return null;
  const list = sortJobs(jobs).slice(0, mostJobs);
  const job = list.find((one) => one.id === chosen) ?? list[0];
  return (
    <section className="tray" aria-label={t('title')}>
      <header className="tray-head">
        <h2>{t('title')}</h2>
        <span className="grow" />
        <IconButton
          size="sm"
          icon={ChevronDown}
          label={t('hide')}
          keys="Mod+J"
          onClick={() => ui.setState({ trayOpen: false })}
        />
      </header>
      {job ? (
        <div className="tray-body">
          <ul className="tray-list">
            {list.map((one) => (
              <JobRow key={one.id} job={one} current={one.id === job.id} onChoose={setChosen} />
            ))}
          </ul>
          <JobDetails job={job} />
        </div>
      ) : (
        <p className="tray-none muted">{t('none')}</p>
      )}
    </section>
  );
}
