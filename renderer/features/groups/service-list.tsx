import { Check } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ServiceView } from '../../../electron/bridge/contract.ts';
import { useQuery } from '../../client/use-query.ts';
import { useRunJob } from '../../client/use-run.ts';
import { useHost } from '../../client/window-context.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import { inStore } from '../stores/use-stores.ts';

/** Services of the clusters that the engines manage; nothing where there is no cluster. */
export function ServiceList() {
  const { t } = useTranslation('groups');
  const able = useHost((state) =>
    Object.values(state.drivers).some((driver) => driver.capabilities.services?.available),
  );
  const { data, error, reload } = useQuery('services.list', able ? {} : null);
  if (!able) return null;
  return (
    <section aria-labelledby="services-title">
      <h2 id="services-title">{t('services.title')}</h2>
      {error ? <ErrorNote error={error} /> : null}
      {data && data.length === 0 ? <p className="muted">{t('services.none')}</p> : null}
      <ul className="lines">
        {(data ?? []).map((service) => (
          <ServiceLine key={`${service.endpoint ?? ''} ${service.id}`} service={service} onDone={reload} />
        ))}
      </ul>
    </section>
  );
}

function ServiceLine({ service, onDone }: { service: ServiceView; onDone: () => void }) {
  const { t } = useTranslation('groups');
  const runJob = useRunJob();
  const [asked, setAsked] = useState<number | null>(service.desired);
  const [busy, setBusy] = useState(false);
  const scale = async (replicas: number) => {
    setBusy(true);
    await runJob('services.scale', { ...inStore(service), service: service.id, replicas });
    setBusy(false);
    onDone();
  };
  const reason =
    service.mode !== 'replicated'
      ? t('services.fixed')
      : asked === null || !Number.isInteger(asked)
        ? t('services.noNumber')
        : asked === service.desired
          ? t('services.same')
          : null;
  return (
    <li>
      <div className="grow">
        <h3 className="truncate">{service.name}</h3>
        <p className="muted truncate">
          {[...(service.endpoint === undefined ? [] : [service.endpoint]), service.image, ...service.ports].join(', ')}
        </p>
      </div>
      <span className="num">{t('running', { running: service.running, all: service.desired })}</span>
      <NumberField
        label={t('services.tasks', { name: service.name })}
        value={asked}
        onChange={setAsked}
        min={0}
        max={10_000}
        step={1}
      />
      <Button
        size="sm"
        icon={Check}
        busy={busy}
        reason={reason}
        onClick={() => {
          if (asked !== null) void scale(asked);
        }}
      >
        {t('services.scale')}
      </Button>
    </li>
  );
}
