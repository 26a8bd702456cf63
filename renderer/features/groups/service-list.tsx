import { useTranslation } from 'react-i18next';
import { useQuery } from '../../client/use-query.ts';
import { useHost } from '../../client/window-context.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { useNow } from '../../ui/use-now.ts';
import { ServiceLine } from './service-line.tsx';

/** How often services are looked at while they are on show, milliseconds: a swarm changes by itself, and its engine tells nobody of tasks. */
const lookMs = 4000;

/** Services of the clusters that the engines manage; nothing where there is no cluster. */
export function ServiceList() {
  const able = useHost((state) =>
    Object.values(state.drivers).some((driver) => driver.capabilities.services?.available),
  );
  return able ? <Services /> : null;
}

function Services() {
  const { t } = useTranslation('groups');
  const look = useNow(lookMs);
  const { data, error, reload } = useQuery('services.list', {}, look);
  const services = (data ?? []).toSorted((a, b) => a.name.localeCompare(b.name));
  return (
    <section aria-labelledby="services-title">
      <h2 id="services-title">{t('services.title')}</h2>
      {error ? <ErrorNote error={error} /> : null}
      {data && data.length === 0 ? <p className="muted">{t('services.none')}</p> : null}
      <ul className="lines">
        {services.map((service) => (
          <ServiceLine key={`${service.endpoint ?? ''} ${service.id}`} service={service} look={look} onDone={reload} />
        ))}
      </ul>
    </section>
  );
}
