import { ChevronDown, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import { composeProjectLabel, type Group } from '../../../electron/bridge/contract.ts';
import { useRunJob } from '../../client/use-run.ts';
import { useHost, useWindow } from '../../client/window-context.ts';
import { Badge } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/button.tsx';
import { verbs } from '../../verbs/verbs.ts';
import { labelText } from '../list/views.ts';
import { GroupSnapshots } from './group-snapshots.tsx';
import { groupTitle } from './group-title.ts';
import { projectOfGroup } from './projects.ts';
import { TakeDown } from './take-down.tsx';

/** One group: what is in it, the verbs for all of it, and its snapshots when it is opened. */
export function GroupLine({ group }: { group: Group }) {
  const { t } = useTranslation('groups');
  const runJob = useRunJob();
  const { route } = useWindow();
  const [open, setOpen] = useState(false);
  const [version, setVersion] = useState(0);
  const names = useHost(useShallow((state) => group.workloads.map((id) => state.workloads[id]?.spec.name ?? id)));
  const project = useHost(
    useShallow((state) =>
      group.key === composeProjectLabel
        ? projectOfGroup(
            group.value,
            group.workloads.map((id) => state.workloads[id]),
          )
        : null,
    ),
  );
  const name = groupTitle(group);
  const all = group.workloads.length;
  const key = { key: group.key, value: group.value };
  const snapshot = async () => {
    setOpen(true);
    await runJob('groups.snapshot', { group: key, name: new Date().toISOString().slice(0, 19).replace('T', ' ') });
    setVersion((now) => now + 1);
  };
  return (
    <li className="group-line">
      <div className="row">
        <IconButton
          size="sm"
          icon={open ? ChevronDown : ChevronRight}
          label={t(open ? 'close' : 'open', { name })}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        />
        <div className="grow">
          <h3 className="truncate" title={name}>
            <button
              type="button"
              className="link"
              onClick={() =>
                route.go({ page: 'list', view: `label:${labelText(group.key, group.value)}`, id: null, tab: null })
              }
            >
              {name}
            </button>{' '}
            {group.key === composeProjectLabel ? <Badge>{t('compose.project')}</Badge> : null}
          </h3>
          <p className="muted truncate" title={names.join(', ')}>
            {names.join(', ')}
          </p>
        </div>
        <span className="num">{t('running', { running: group.running, all })}</span>
        <IconButton
          size="sm"
          icon={verbs.start.icon}
          label={t('start', { name })}
          reason={group.running === all ? t('allRun') : null}
          onClick={() => void runJob('groups.start', { group: key })}
        />
        <IconButton
          size="sm"
          icon={verbs.stop.icon}
          label={t('stop', { name })}
          reason={group.running === 0 ? t('noneRuns') : null}
          onClick={() => void runJob('groups.stop', { group: key })}
        />
        <IconButton
          size="sm"
          icon={verbs.snapshot.icon}
          label={t('snapshot', { name })}
          onClick={() => void snapshot()}
        />
        {project === null ? null : <TakeDown project={project} />}
      </div>
      {open ? <GroupSnapshots group={key} version={version} /> : null}
    </li>
  );
}
