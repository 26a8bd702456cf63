import { Disc, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from '../../client/use-query.ts';
import { IconButton } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Page } from '../../ui/page.tsx';
import { DoctorButton } from '../stores/doctor-button.tsx';
import { StoreJobs } from '../stores/store-jobs.tsx';
import { StoreFilter } from '../stores/store-select.tsx';
import { liesIn, type Store, useStores } from '../stores/use-stores.ts';
import { ImageForm } from './image-form.tsx';
import { ImageLine } from './image-line.tsx';
import '../stores/stores.css';
import './images.css';

const verbs = ['pull', 'import', 'image-load', 'image-save', 'image-build', 'image-remove'] as const;

/** The images of the drivers that have a store: fetch, load, build, look into, save, and remove what nobody uses. */
export function ImagesPage() {
  const { t } = useTranslation('images');
  const stores = useStores('images');
  const [chosen, setChosen] = useState<Store | null>(null);
  const only = stores.find((store) => store.key === chosen?.key) ?? null;
  // Asked again when an engine comes or goes.
  const { data, error, loading, reload } = useQuery('images.list', {}, stores.length);
  const images = (data ?? []).filter((one) => liesIn(only, one)).sort((a, b) => b.createdAtMs - a.createdAtMs);
  return (
    <Page
      title={t('title')}
      text={t('text')}
      actions={
        <>
          <StoreFilter stores={stores} value={only} onChange={setChosen} />
          <IconButton icon={RefreshCw} label={t('again')} busy={loading} onClick={reload} />
        </>
      }
    >
      {stores[0] ? (
        <ImageForm
          key={only?.key ?? ''}
          stores={only === null ? stores : [only]}
          first={only ?? stores[0]}
          onDone={reload}
        />
      ) : null}
      <StoreJobs verbs={verbs} />
      {error ? <ErrorNote error={error} /> : null}
      {data && images.length === 0 ? (
        <EmptyState icon={Disc} title={t('none')} text={t(stores.length > 0 ? 'noneText' : 'noStore')}>
          {stores.length > 0 ? null : <DoctorButton />}
        </EmptyState>
      ) : (
        <ul className="lines">
          {images.map((image) => (
            <ImageLine key={`${image.driver} ${image.endpoint ?? ''} ${image.id}`} image={image} onDone={reload} />
          ))}
        </ul>
      )}
    </Page>
  );
}
