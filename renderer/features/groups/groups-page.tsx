import { Boxes, RefreshCw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useQuery } from '../../client/use-query.ts';
import { useHost } from '../../client/window-context.ts';
import { IconButton } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Page } from '../../ui/page.tsx';
import { StoreJobs } from '../stores/store-jobs.tsx';
import { ComposeForm } from './compose-form.tsx';
import { ForeignProjects } from './foreign-projects.tsx';
import { GroupLine } from './group-line.tsx';
import { groupTitle } from './group-title.ts';
import { ServiceList } from './service-list.tsx';
import '../stores/stores.css';
import './groups.css';

const verbs = [
  'compose-up',
  'compose-down',
  'scale',
  'group-snapshot',
  'group-restore',
  'group-snapshot-remove',
] as const;

/** Workloads that share a label, with verbs for all of them at once; Compose projects; services of a swarm. */
export function GroupsPage() {
  const { t } = useTranslation('groups');
  // A group has changed when one of its workloads has: their labels and phases are its state.
  const state = useHost((now) =>
    Object.values(now.workloads)
      .map((one) => `${one.id} ${one.observation.phase} ${JSON.stringify(one.spec.labels)}`)
      .join('\n'),
  );
  const { data, error, loading, reload } = useQuery('groups.list', {}, state);
  const groups = (data ?? []).toSorted((a, b) => groupTitle(a).localeCompare(groupTitle(b)));
  return (
    <Page
      title={t('title')}
      text={t('text')}
      actions={<IconButton icon={RefreshCw} label={t('again')} busy={loading} onClick={reload} />}
    >
      <ComposeForm />
      <StoreJobs verbs={verbs} />
      {error ? <ErrorNote error={error} /> : null}
      {data && groups.length === 0 ? (
        <EmptyState icon={Boxes} title={t('none')} text={t('noneText')} />
      ) : (
        <ul className="lines">
          {groups.map((group) => (
            <GroupLine key={`${group.key}=${group.value}`} group={group} />
          ))}
        </ul>
      )}
      <ForeignProjects />
      <ServiceList />
    </Page>
  );
}
