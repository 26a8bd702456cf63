import { RotateCcw, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { GroupKey } from '../../../electron/bridge/contract.ts';
import { useQuery } from '../../client/use-query.ts';
import { useRunJob } from '../../client/use-run.ts';
import { useWindow } from '../../client/window-context.ts';
import { IconButton } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { groupTitle } from './group-title.ts';

/** The points in time to which a whole group can go back. Every restore keeps a snapshot of each workload before. */
export function GroupSnapshots({ group, version }: { group: GroupKey; version: number }) {
  const { t } = useTranslation('groups');
  const { ui } = useWindow();
  const runJob = useRunJob();
  const { data, error, reload } = useQuery('groups.snapshots', { group }, version);
  const name = groupTitle(group);
  if (error) return <ErrorNote error={error} />;
  if (data === null) return null;
  if (data.length === 0) return <p className="muted group-snapshots">{t('noSnapshots')}</p>;
  return (
    <ul className="group-snapshots" aria-label={t('snapshots', { name })}>
      {data.map((snapshot) => (
        <li key={snapshot.id} className="row">
          <span className="grow truncate" title={snapshot.name}>
            {snapshot.name}
          </span>
          <span className="muted">
            {t('members', { count: snapshot.members.length })}
            {snapshot.missing.length > 0 ? `, ${t('missing', { count: snapshot.missing.length })}` : ''}
          </span>
          <span className="muted">
            <RelativeTime atMs={snapshot.createdAtMs} />
          </span>
          <IconButton
            size="sm"
            icon={RotateCcw}
            label={t('restore', { name, snapshot: snapshot.name })}
            onClick={() => void runJob('groups.restore', { group, snapshot: snapshot.id })}
          />
          <IconButton
            size="sm"
            icon={Trash2}
            label={t('removeSnapshot', { snapshot: snapshot.name })}
            onClick={() => {
              const remove = async () => {
                await runJob('groups.removeSnapshot', { group, snapshot: snapshot.id });
                reload();
              };
              ui.setState({
                asking: {
                  title: t('removeSnapshotTitle', { snapshot: snapshot.name }),
                  text: t('removeSnapshotText', { name, count: snapshot.members.length }),
                  action: t('removeSnapshotDo', { snapshot: snapshot.name }),
                  run: () => void remove(),
                },
              });
            }}
          />
        </li>
      ))}
    </ul>
  );
}
