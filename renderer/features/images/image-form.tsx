import { Download, FolderInput, Hammer, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRunJob } from '../../client/use-run.ts';
import { Select, TextInput } from '../../ui/field.tsx';
import { MakeForm } from '../stores/make-form.tsx';
import { inStore, type Store, type StoreFormProps } from '../stores/use-stores.ts';

const ways = ['pull', 'load', 'build'] as const;
type Way = (typeof ways)[number];
const icons: Record<Way, LucideIcon> = { pull: Download, load: FolderInput, build: Hammer };

/** Brings an image in: by name from a registry, from an archive, or built from a folder. */
export function ImageForm(props: StoreFormProps) {
  const { t } = useTranslation('images');
  const runJob = useRunJob();
  const [way, setWay] = useState<Way>('pull');
  const [text, setText] = useState('');
  const [name, setName] = useState('');
  const what = text.trim();
  const reason = what === '' ? t(`${way}.missing`) : way === 'build' && name.trim() === '' ? t('noName') : null;
  const make = (store: Store): Promise<unknown> => {
    switch (way) {
      case 'pull':
        return runJob('images.pull', { ...inStore(store), name: what });
      case 'load':
        return runJob('images.load', { ...inStore(store), path: what });
      case 'build':
        return runJob('images.build', { ...inStore(store), path: what, names: [name.trim()] });
    }
  };
  return (
    <MakeForm
      {...props}
      icon={icons[way]}
      label={t(`${way}.do`)}
      reason={reason}
      make={make}
      onMade={() => setText('')}
    >
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
    </MakeForm>
  );
}
