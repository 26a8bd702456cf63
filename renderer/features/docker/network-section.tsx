import { useTranslation } from 'react-i18next';
import { Select, TextInput } from '../../ui/field.tsx';
import type { DockerForm } from './docker-form.ts';
import { ChoiceSetting, NamesSetting, useTyped, withOwn } from './field-kit.tsx';
import { type RowForm, RowsField } from './rows-field.tsx';
import { textAt, wordsAt } from './settings.ts';
import { parseNames } from './words.ts';

/** The network that it joins, its names there, and further networks. */
export function NetworkSection({ form }: { form: DockerForm }) {
  const { t } = useTranslation('docker');
  return (
    <>
      <div className="docker-pair">
        <ChoiceSetting form={form} name="network" options={form.choices.networks} unset={t('defaultNetwork')} />
        <NamesSetting form={form} name="aliases" hint={t('aliasesHint')} />
      </div>
      <RowsField form={form} name="networks" fresh={{ name: '', aliases: [] }}>
        {(row) => <Network form={form} {...row} />}
      </RowsField>
    </>
  );
}

function Network({ form, row, index, replace, set, invalid }: RowForm & { form: DockerForm }) {
  const { t } = useTranslation('docker');
  const [text, type] = useTyped(wordsAt(row, 'aliases'), parseNames, (names) => names.join(' '));
  const name = textAt(row, 'name');
  return (
    <>
      <Select
        aria-label={t('networkNumber', { number: index + 1 })}
        aria-invalid={invalid('name')}
        value={name}
        options={[{ value: '', label: t('chooseNetwork'), disabled: true }, ...withOwn(form.choices.networks, name)]}
        onChange={(chosen) => replace({ ...row, name: chosen })}
      />
      <TextInput
        className="mono grow"
        aria-label={t('aliasesNumber', { number: index + 1 })}
        aria-invalid={invalid('aliases')}
        placeholder={t('field.aliases')}
        value={text}
        onChange={(event) => set('aliases', type(event.target.value))}
      />
    </>
  );
}
