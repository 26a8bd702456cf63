import { Disc } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useQuery } from '../../client/use-query.ts';
import { StoreJobs } from '../stores/store-jobs.tsx';
import { StorePage } from '../stores/store-page.tsx';
import { useStores } from '../stores/use-stores.ts';
import { ImageForm } from './image-form.tsx';
import { ImageLine } from './image-line.tsx';
import './images.css';

const verbs = ['pull', 'import', 'image-load', 'image-save', 'image-build', 'image-remove'] as const;

/** The images of the drivers that have a store: fetch, load, build, look into, save, and remove what nobody uses. */
export function ImagesPage() {
  const { t } = useTranslation('images');
  const stores = useStores('images');
  // Asked again when an engine comes or goes.
  const query = useQuery('images.list', {}, stores.length);
  return (
    <StorePage
      title={t('title')}
      text={t('text')}
      stores={stores}
      query={query}
      order={(a, b) => b.createdAtMs - a.createdAtMs}
      nameOf={(image) => image.id}
      Form={ImageForm}
      empty={{ icon: Disc, title: t('none'), text: t('noneText') }}
      Line={ImageLine}
    >
      <StoreJobs verbs={verbs} />
    </StorePage>
  );
}
