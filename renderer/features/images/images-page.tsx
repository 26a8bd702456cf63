import { Disc, Download, FolderInput, RefreshCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import type { DriverName, ImageView } from '../../../electron/bridge/contract.ts';
import { useQuery } from '../../client/use-query.ts';
import { useRunJob } from '../../client/use-run.ts';
import { useHost } from '../../client/window-context.ts';
import { formatBytes } from '../../format/bytes.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { DriverGlyph } from '../../ui/driver-glyph.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Select, TextInput } from '../../ui/field.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import './images.css';

/** The images of the drivers that have a store: fetch, import, and remove what nobody uses. */
export function ImagesPage() {
  const { t } = useTranslation('images');
  const { data, error, loading, reload } = useQuery('images.list', {});
  const stores = useHost(
    useShallow((state) =>
      Object.values(state.drivers)
        .filter((driver) => driver.capabilities.images?.available)
        .map((driver) => driver.name),
    ),
  );
  const images = [...(data ?? [])].sort((a, b) => b.createdAtMs - a.createdAtMs);
  return (
    <div className="page">
      <div className="page-inner">
        <header className="page-head">
          <div className="grow">
            <h1>{t('title')}</h1>
            <p>{t('text')}</p>
          </div>
          <IconButton icon={RefreshCw} label={t('again')} busy={loading} onClick={reload} />
        </header>
        {stores.length > 0 ? <Fetch stores={stores} onDone={reload} /> : null}
        {error ? <ErrorNote error={error} /> : null}
        {data && images.length === 0 ? (
          <EmptyState icon={Disc} title={t('none')} text={t(stores.length > 0 ? 'noneText' : 'noStore')} />
        ) : (
          <ul className="lines">
            {images.map((image) => (
              <Line key={`${image.driver} ${image.id}`} image={image} onDone={reload} />
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

function Fetch({ stores, onDone }: { stores: DriverName[]; onDone: () => void }) {
  const { t } = useTranslation(['images', 'common']);
  const runJob = useRunJob();
  const [driver, setDriver] = useState(stores[0] ?? 'docker');
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const isPath = text.trim().startsWith('/');
  const fetchIt = async () => {
    setBusy(true);
    const name = text.trim();
    const job = isPath
      ? await runJob('images.import', { driver, path: name, name: name.split('/').at(-1) ?? name })
      : await runJob('images.pull', { driver, name });
    setBusy(false);
    if (job) setText('');
    onDone();
  };
  return (
    <form
      className="image-fetch"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '') void fetchIt();
      }}
    >
      {stores.length > 1 ? (
        <Select
          aria-label={t('driver')}
          value={driver}
          options={stores.map((name) => ({ value: name, label: t(`common:driverShort.${name}`) }))}
          onChange={(value) => setDriver(stores.find((name) => name === value) ?? driver)}
        />
      ) : null}
      <TextInput
        aria-label={t('name')}
        placeholder={t('nameHint')}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Button
        type="submit"
        icon={isPath ? FolderInput : Download}
        busy={busy}
        reason={text.trim() === '' ? t('noName') : null}
      >
        {t(isPath ? 'import' : 'pull')}
      </Button>
    </form>
  );
}

function Line({ image, onDone }: { image: ImageView; onDone: () => void }) {
  const { t } = useTranslation('images');
  const runJob = useRunJob();
  const name = image.names[0] ?? image.id;
  const used = image.usedBy.length > 0;
  const remove = async () => {
    await runJob('images.remove', { driver: image.driver, id: image.id });
    onDone();
  };
  return (
    <li>
      <DriverGlyph driver={image.driver} />
      <div className="grow">
        <h3 className="truncate" title={image.names.join('\n')}>
          {name}
        </h3>
        <p className="muted truncate">
          {used ? t('usedBy', { names: image.usedBy.join(', ') }) : t('unused')},{' '}
          <RelativeTime atMs={image.createdAtMs} />
        </p>
      </div>
      <span className="num">{formatBytes(image.sizeBytes)}</span>
      <IconButton
        size="sm"
        icon={Trash2}
        label={t('remove', { name })}
        reason={used ? t('usedBy', { names: image.usedBy.join(', ') }) : null}
        onClick={() => void remove()}
      />
    </li>
  );
}
