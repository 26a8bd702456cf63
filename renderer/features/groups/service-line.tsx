import { Check, ChevronDown, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ServiceView } from '../../../electron/bridge/contract.ts';
import { useQuery } from '../../client/use-query.ts';
import { useRunJob } from '../../client/use-run.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import { inStore } from '../stores/use-stores.ts';
import { ServiceTasks } from './service-tasks.tsx';
import { lastFailure, recentMs } from './tasks.ts';

/** One service: how many of its tasks run and why not all, how many there are to be, and each of them when it is opened. */
export function ServiceLine(props: { service: ServiceView; look: number; onDone: () => void }) {
  const { t } = useTranslation('groups');
  const { service } = props;
  const [open, setOpen] = useState(false);
  const behind = service.mode !== 'job' && service.running < service.desired;
  // What holds it back is worth a question also while it is closed.
  const asked = open || behind;
  const tasks = useQuery('services.tasks', asked ? { ...inStore(service), service: service.id } : null, props.look);
  // One that is started again and again runs for moments: its failure stays on show meanwhile.
  const failure = lastFailure(tasks.data ?? [], props.look);
  const troubled = failure !== null && (asked || props.look - failure.changedAtMs < recentMs);
  const { name } = service;
  return (
    <li className="service-line">
      <div className="row">
        <IconButton
          size="sm"
          icon={open ? ChevronDown : ChevronRight}
          label={t(open ? 'services.close' : 'services.open', { name })}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        />
        <div className="grow">
          <h3 className="truncate" title={name}>
            {name} {service.endpoint === undefined ? null : <Badge>{service.endpoint}</Badge>}
          </h3>
          {troubled || service.problem !== undefined ? (
            <p className="service-failure truncate" title={failure?.error ?? service.problem}>
              {failure?.error ?? service.problem}
            </p>
          ) : (
            <p className="muted truncate">{[service.image, ...service.ports].join(', ')}</p>
          )}
        </div>
        <span className="num">
          {behind ? (
            <Badge tone="warn">{t('running', { running: service.running, all: service.desired })}</Badge>
          ) : (
            t('running', { running: service.running, all: service.desired })
          )}
        </span>
        {service.mode === 'replicated' ? (
          <Scale service={service} onDone={props.onDone} />
        ) : (
          <span className="service-mode muted">{t(`services.mode.${service.mode}`)}</span>
        )}
      </div>
      {open ? <ServiceTasks name={name} tasks={tasks} /> : null}
    </li>
  );
}

function Scale({ service, onDone }: { service: ServiceView; onDone: () => void }) {
  const { t } = useTranslation('groups');
  const runJob = useRunJob();
  /** What was typed; null while the field follows the service. */
  const [draft, setDraft] = useState<{ count: number | null } | null>(null);
  const asked = draft === null ? service.desired : draft.count;
  const [busy, setBusy] = useState(false);
  const scale = async (replicas: number) => {
    setBusy(true);
    await runJob('services.scale', { ...inStore(service), service: service.id, replicas });
    setBusy(false);
    setDraft(null);
    onDone();
  };
  const reason =
    asked === null || !Number.isInteger(asked) || asked < 0
      ? t('services.noNumber')
      : asked === service.desired
        ? t('services.same')
        : null;
  return (
    <form
      className="service-scale"
      onSubmit={(event) => {
        event.preventDefault();
        if (reason === null && asked !== null && !busy) void scale(asked);
      }}
    >
      <NumberField
        label={t('services.count', { name: service.name })}
        value={asked}
        onChange={(count) => setDraft({ count })}
        min={0}
        max={10_000}
        step={1}
      />
      <Button type="submit" size="sm" icon={Check} busy={busy} reason={reason}>
        {t('services.scale')}
      </Button>
    </form>
  );
}
