import { Network, Plus, RefreshCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NetworkView } from '../../../electron/bridge/contract.ts';
import { useQuery } from '../../client/use-query.ts';
import { useRunJob } from '../../client/use-run.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { DriverGlyph } from '../../ui/driver-glyph.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Checkbox, TextInput } from '../../ui/field.tsx';
import { Page } from '../../ui/page.tsx';
import { DoctorButton } from './doctor-button.tsx';
import { StoreFilter, StoreSelect } from './store-select.tsx';
import { inStore, liesIn, type Store, useStores } from './use-stores.ts';
import './stores.css';

/** The networks of the engines: make one, see who is on it, remove what nobody is on. */
export function NetworksPage() {
  const { t } = useTranslation('stores');
  const stores = useStores('networks');
  const [chosen, setChosen] = useState<Store | null>(null);
  const only = stores.find((store) => store.key === chosen?.key) ?? null;
  const { data, error, loading, reload } = useQuery('networks.list', {}, stores.length);
  const networks = (data ?? []).filter((one) => liesIn(only, one)).sort((a, b) => a.name.localeCompare(b.name));
  return (
    <Page
      title={t('networks.title')}
      text={t('networks.text')}
      actions={
        <>
          <StoreFilter stores={stores} value={only} onChange={setChosen} />
          <IconButton icon={RefreshCw} label={t('again')} busy={loading} onClick={reload} />
        </>
      }
    >
      {stores[0] ? (
        <Make
          key={only?.key ?? ''}
          stores={only === null ? stores : [only]}
          first={only ?? stores[0]}
          onDone={reload}
        />
      ) : null}
      {error ? <ErrorNote error={error} /> : null}
      {data && networks.length === 0 ? (
        <EmptyState icon={Network} title={t('networks.none')} text={t('noStore')}>
          <DoctorButton />
        </EmptyState>
      ) : (
        <ul className="lines">
          {networks.map((network) => (
            <Line key={`${network.driver} ${network.endpoint ?? ''} ${network.id}`} network={network} onDone={reload} />
          ))}
        </ul>
      )}
    </Page>
  );
}

function Make({ stores, first, onDone }: { stores: Store[]; first: Store; onDone: () => void }) {
  const { t } = useTranslation('stores');
  const runJob = useRunJob();
  const [store, setStore] = useState(first);
  const [name, setName] = useState('');
  const [subnet, setSubnet] = useState('');
  const [internal, setInternal] = useState(false);
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    const range = subnet.trim();
    const job = await runJob('networks.create', {
      ...inStore(store),
      name: name.trim(),
      internal,
      ...(range === '' ? {} : { subnet: range }),
    });
    setBusy(false);
    if (job) {
      setName('');
      setSubnet('');
    }
    onDone();
  };
  return (
    <form
      className="store-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') void make();
      }}
    >
      <StoreSelect stores={stores} value={store} onChange={setStore} />
      <TextInput
        aria-label={t('networks.name')}
        placeholder={t('networks.name')}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <TextInput
        aria-label={t('networks.subnet')}
        placeholder={t('networks.subnetHint')}
        value={subnet}
        onChange={(event) => setSubnet(event.target.value)}
      />
      <Checkbox checked={internal} onChange={setInternal} label={t('networks.internal')} />
      <Button type="submit" icon={Plus} busy={busy} reason={name.trim() === '' ? t('noName') : null}>
        {t('networks.make')}
      </Button>
    </form>
  );
}

function Line({ network, onDone }: { network: NetworkView; onDone: () => void }) {
  const { t } = useTranslation('stores');
  const runJob = useRunJob();
  const used = network.usedBy.length > 0 ? t('usedBy', { names: network.usedBy.join(', ') }) : null;
  const remove = async () => {
    await runJob('networks.remove', { ...inStore(network), id: network.id });
    onDone();
  };
  return (
    <li>
      <DriverGlyph driver={network.driver} />
      <div className="grow">
        <h3 className="truncate" title={network.name}>
          {network.name} {network.internal ? <Badge>{t('networks.internal')}</Badge> : null}{' '}
          {network.endpoint ? <Badge>{network.endpoint}</Badge> : null}
        </h3>
        <p className="muted truncate" title={used ?? undefined}>
          {used ?? t('unused')} · {network.builtIn ? t('networks.partOf') : network.kind}
        </p>
      </div>
      <span className="num mono">{network.subnets.join(', ')}</span>
      <IconButton
        size="sm"
        icon={Trash2}
        label={t('networks.remove', { name: network.name })}
        reason={network.builtIn ? t('networks.builtIn') : used}
        onClick={() => void remove()}
      />
    </li>
  );
}
