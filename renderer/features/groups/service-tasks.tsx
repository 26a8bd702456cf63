import { useTranslation } from 'react-i18next';
import type { ServiceTaskView } from '../../../electron/bridge/contract.ts';
import type { Query } from '../../client/use-query.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { StateMark } from '../../ui/state-badge.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { isPast, taskPhase } from './tasks.ts';

/** The tasks of a service: those of now and, paler, those whose place another one has, which say why it failed. */
export function ServiceTasks({ name, tasks }: { name: string; tasks: Query<ServiceTaskView[]> }) {
  const { t } = useTranslation('groups');
  const { data, error } = tasks;
  if (error) return <ErrorNote error={error} />;
  if (data === null) return <p className="muted service-tasks">{t('services.reading')}</p>;
  if (data.length === 0) return <p className="muted service-tasks">{t('services.noTasks')}</p>;
  return (
    <table className="service-tasks" aria-label={t('services.tasks', { name })}>
      <colgroup>
        <col className="task-slot" />
        <col className="task-state" />
        <col className="task-node" />
        <col className="task-since" />
        <col />
      </colgroup>
      <thead>
        <tr>
          <th>{t('services.slot')}</th>
          <th>{t('services.state')}</th>
          <th>{t('services.node')}</th>
          <th>{t('services.since')}</th>
          <th>{t('services.reason')}</th>
        </tr>
      </thead>
      <tbody>
        {data.map((task) => (
          <Task key={task.id} task={task} />
        ))}
      </tbody>
    </table>
  );
}

function Task({ task }: { task: ServiceTaskView }) {
  const { t } = useTranslation('groups');
  return (
    <tr data-past={isPast(task) ? 'true' : undefined}>
      <td className="num">{task.slot ?? ''}</td>
      <td>
        <StateMark
          phase={taskPhase(task)}
          word={t(`services.states.${task.state}`, { defaultValue: task.state })}
          pending={false}
        />
      </td>
      <td>
        <span className="truncate" title={task.node}>
          {task.node}
        </span>
      </td>
      <td className="muted">
        <RelativeTime atMs={task.changedAtMs} />
      </td>
      <td>
        <span className="task-error">{task.error}</span>
      </td>
    </tr>
  );
}
