import { Play } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRunJob } from '../../client/use-run.ts';
import { useHost, useWindow } from '../../client/window-context.ts';
import { Button } from '../../ui/button.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { PathField } from '../paths/path-field.tsx';
import { inStore, useStores } from '../stores/use-stores.ts';

/** Brings a Compose file up. What comes up is made by others until it is adopted, which the toast leads to. */
export function ComposeForm() {
  const { t } = useTranslation('groups');
  const { toasts, route } = useWindow();
  const runJob = useRunJob();
  const able = useHost((state) => state.drivers['docker']?.capabilities.compose);
  const [file, setFile] = useState('');
  const stores = useStores('compose');
  const [chosen, setChosen] = useState('');
  const store = stores.find((one) => one.key === chosen) ?? stores[0];
  const [busy, setBusy] = useState(false);
  if (!able) return null;
  const path = file.trim();
  const reason = able.available ? (path.startsWith('/') ? null : t('compose.noFile')) : (able.reason ?? null);
  const up = async () => {
    setBusy(true);
    const job = await runJob('compose.up', {
      ...(store === undefined ? { driver: 'docker' } : inStore(store)),
      file: path,
    });
    setBusy(false);
    if (job === null) return;
    toasts.show({
      tone: 'ok',
      text: t('compose.done', { file: path.split('/').at(-1) }),
      action: { label: t('compose.adopt'), run: () => route.go({ page: 'foreign' }) },
    });
  };
  return (
    <form
      className="compose-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (reason === null) void up();
      }}
    >
      <PathField
        label={t('compose.file')}
        hint={t('compose.hint')}
        error={null}
        value={file}
        extensions={['yml', 'yaml']}
        onChange={setFile}
      />
      {stores.length > 1 ? (
        <Field label={t('compose.engine')}>
          {(control) => (
            <Select
              {...control}
              value={store?.key ?? ''}
              options={stores.map((one) => ({ value: one.key, label: one.label }))}
              onChange={setChosen}
            />
          )}
        </Field>
      ) : null}
      <Button type="submit" icon={Play} busy={busy} reason={reason}>
        {t('compose.up')}
      </Button>
    </form>
  );
}
