import { Download, FolderInput, Hammer, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRunJob } from '../../client/use-run.ts';
import { Button } from '../../ui/button.tsx';
import { Select, TextInput } from '../../ui/field.tsx';
import { StoreSelect } from '../stores/store-select.tsx';
import { inStore, type Store } from '../stores/use-stores.ts';

const ways = ['pull', 'load', 'build'] as const;
type Way = (typeof ways)[number];
const icons: Record<Way, LucideIcon> = { pull: Download, load: FolderInput, build: Hammer };

/** Brings an image in: by name from a registry, from an archive, or built from a folder. */
export function ImageForm({ stores, first, onDone }: { stores: Store[]; first: Store; onDone: () => void }) {
  const { t } = useTranslation('images');
  const runJob = useRunJob();
  const [store, setStore] = useState(first);
  const [way, setWay] = useState<Way>('pull');
  const [text, setText] = useState('');
  const [name, setName] = useState('');
  const [busy, setBusy] = useState(false);
  const what = text.trim();
  const reason = what === '' ? t(`${way}.missing`) : way === 'build' && name.trim() === '' ? t('noName') : null;
  const run = (): Promise<unknown> => {
    switch (way) {
      case 'pull':
        return runJob('images.pull', { ...inStore(store), name: what });
      case 'load':
        return runJob('images.load', { ...inStore(store), path: what });
      case 'build':
        return runJob('images.build', { ...inStore(store), path: what, names: [name.trim()] });
    }
  };
  const submit = async () => {
    setBusy(true);
    const job = await run();
    setBusy(false);
    // What failed stays to be corrected.
    if (job) setText('');
    onDone();
  };
  return (
    <form
      className="store-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (reason === null) void submit();
      }}
    >
      <StoreSelect stores={stores} value={store} onChange={setStore} />
      <Select
        aria-label={t('way')}
        value={way}
        options={ways.map((value) => ({ value, label: t(`${value}.way`) }))}
        onChange={(value) => setWay(ways.find((one) => one === value) ?? 'pull')}
      />
      <TextInput
        aria-label={t(`${way}.what`)}
        placeholder={t(`${way}.hint`)}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {way === 'build' ? (
        <TextInput
          aria-label={t('name')}
          placeholder={t('nameHint')}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      ) : null}
      <Button type="submit" icon={icons[way]} busy={busy} reason={reason}>
        {t(`${way}.do`)}
      </Button>
    </form>
  );
}
