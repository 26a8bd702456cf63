import { type LucideIcon, RefreshCw } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DriverName } from '../../../electron/bridge/contract.ts';
import type { Query } from '../../client/use-query.ts';
import { IconButton } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Note } from '../../ui/note.tsx';
import { Page } from '../../ui/page.tsx';
import { DoctorButton } from './doctor-button.tsx';
import { StoreFilter } from './store-select.tsx';
import { liesIn, type Store, type StoreFormProps, type StoreLineProps, useAway } from './use-stores.ts';
import './stores.css';

/** What lies in the engines, of one kind: of all engines or of one, a form that makes one more, and a line for each. */
export function StorePage<
  T extends { driver: DriverName; endpoint?: string | undefined; ofSnapshot?: boolean | undefined },
>(props: {
  title: string;
  text: string;
  stores: Store[];
  query: Query<T[]>;
  order: (a: T, b: T) => number;
  /** Names a thing within its engine. */
  nameOf: (one: T) => string;
  Form: (props: StoreFormProps) => ReactNode;
  /** Between the form and the list. */
  children?: ReactNode;
  /** What stands in place of an empty list while an engine is well. */
  empty: { icon: LucideIcon; title: string; text: string };
  Line: (props: StoreLineProps<T>) => ReactNode;
}) {
  const { t } = useTranslation('stores');
  const { stores, query, Form, Line, empty } = props;
  const [chosen, setChosen] = useState<Store | null>(null);
  const away = useAway();
  // It may be gone meanwhile.
  const only = stores.find((store) => store.key === chosen?.key) ?? null;
  const first = only ?? stores[0];
  const all = (query.data ?? []).filter((one) => liesIn(only, one)).sort(props.order);
  const shown = all.filter((one) => one.ofSnapshot !== true);
  const kept = all.filter((one) => one.ofSnapshot === true);
  const line = (one: T) => (
    <Line key={`${one.driver} ${one.endpoint ?? ''} ${props.nameOf(one)}`} one={one} onDone={query.reload} />
  );
  return (
    <Page
      title={props.title}
      text={props.text}
      actions={
        <>
          <StoreFilter stores={stores} value={only} onChange={setChosen} />
          <IconButton icon={RefreshCw} label={t('again')} busy={query.loading} onClick={query.reload} />
        </>
      }
    >
      {first ? (
        <Form key={only?.key ?? ''} stores={only === null ? stores : [only]} first={first} onDone={query.reload} />
      ) : null}
      {props.children}
      {away.length > 0 ? (
        <Note tone="warn" actions={<DoctorButton />}>
          {t('away', { count: away.length, names: away.join(', ') })}
        </Note>
      ) : null}
      {query.error ? <ErrorNote error={query.error} /> : null}
      {query.data && shown.length === 0 ? (
        <EmptyState icon={empty.icon} title={empty.title} text={first ? empty.text : t('noStore')}>
          {first ? null : <DoctorButton />}
        </EmptyState>
      ) : (
        <ul className="lines">{shown.map(line)}</ul>
      )}
      {kept.length > 0 ? (
        <details className="store-kept">
          <summary>{t('ofSnapshots', { count: kept.length })}</summary>
          <p className="muted">{t('ofSnapshotsText')}</p>
          <ul className="lines">{kept.map(line)}</ul>
        </details>
      ) : null}
    </Page>
  );
}
