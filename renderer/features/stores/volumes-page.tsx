import { HardDrive, Plus, RefreshCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { VolumeView } from '../../../electron/bridge/contract.ts';
import { useQuery } from '../../client/use-query.ts';
import { useRunJob } from '../../client/use-run.ts';
import { formatBytes } from '../../format/bytes.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { DriverGlyph } from '../../ui/driver-glyph.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { TextInput } from '../../ui/field.tsx';
import { Page } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { DoctorButton } from './doctor-button.tsx';
import { StoreFilter, StoreSelect } from './store-select.tsx';
import { inStore, liesIn, type Store, useStores } from './use-stores.ts';
import './stores.css';

/** The volumes of the engines: make one, see who uses it, remove what nobody uses. */
export function VolumesPage() {
  const { t } = useTranslation('stores');
  const stores = useStores('volumes');
  const [chosen, setChosen] = useState<Store | null>(null);
  const only = stores.find((store) => store.key === chosen?.key) ?? null;
  // Asked again when an engine comes or goes.
  const { data, error, loading, reload } = useQuery('volumes.list', {}, stores.length);
  const volumes = (data ?? []).filter((one) => liesIn(only, one)).sort((a, b) => a.name.localeCompare(b.name));
  return (
    <Page
      title={t('volumes.title')}
      text={t('volumes.text')}
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
      {data && volumes.length === 0 ? (
        <EmptyState
          icon={HardDrive}
          title={t('volumes.none')}
          text={t(stores.length > 0 ? 'volumes.noneText' : 'noStore')}
        >
          {stores.length > 0 ? null : <DoctorButton />}
        </EmptyState>
      ) : (
        <ul className="lines">
          {volumes.map((volume) => (
            <Line key={`${volume.driver} ${volume.endpoint ?? ''} ${volume.name}`} volume={volume} onDone={reload} />
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
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    const job = await runJob('volumes.create', { ...inStore(store), name: name.trim() });
    setBusy(false);
    if (job) setName('');
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
        aria-label={t('volumes.name')}
        placeholder={t('volumes.name')}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Button type="submit" icon={Plus} busy={busy} reason={name.trim() === '' ? t('noName') : null}>
        {t('volumes.make')}
      </Button>
    </form>
  );
}

function Line({ volume, onDone }: { volume: VolumeView; onDone: () => void }) {
  const { t } = useTranslation('stores');
  const runJob = useRunJob();
  const used = volume.usedBy.length > 0 ? t('usedBy', { names: volume.usedBy.join(', ') }) : null;
  const remove = async () => {
    await runJob('volumes.remove', { ...inStore(volume), name: volume.name });
    onDone();
  };
  return (
    <li>
      <DriverGlyph driver={volume.driver} />
      <div className="grow">
        <h3 className="truncate" title={volume.name}>
          {volume.name} {volume.endpoint ? <Badge>{volume.endpoint}</Badge> : null}
        </h3>
        <p className="muted truncate" title={used ?? undefined}>
          {used ?? t('unused')}
          {volume.createdAtMs === null ? null : (
            <>
              {' · '}
              <RelativeTime atMs={volume.createdAtMs} />
            </>
          )}
        </p>
      </div>
      <span className="num">{volume.sizeBytes === null ? t('noSize') : formatBytes(volume.sizeBytes)}</span>
      <IconButton
        size="sm"
        icon={Trash2}
        label={t('volumes.remove', { name: volume.name })}
        reason={used}
        onClick={() => void remove()}
      />
    </li>
  );
}
