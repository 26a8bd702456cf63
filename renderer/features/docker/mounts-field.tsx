import { useTranslation } from 'react-i18next';
import { Checkbox, Select, TextInput } from '../../ui/field.tsx';
import { SizeField } from '../../ui/number-field.tsx';
import { PathField } from '../paths/path-field.tsx';
import type { DockerForm } from './docker-form.ts';
import { type RowForm, RowsField } from './rows-field.tsx';
import { flagAt, numberAt, textAt } from './settings.ts';
import { VolumeChoice } from './volume-choice.tsx';

const kinds = ['volume', 'bind', 'tmpfs'] as const;

/** Mounts: a named volume, a folder of this machine, or memory; where they lie inside, and whether they may be written. */
export function MountsField({ form }: { form: DockerForm }) {
  const { t } = useTranslation('docker');
  return (
    <RowsField
      form={form}
      name="mounts"
      hint={t('mountsHint')}
      fresh={{ type: 'volume', source: '', target: '', readOnly: false }}
    >
      {(row) => <Mount form={form} {...row} />}
    </RowsField>
  );
}

function Mount({ form, row, index, set, replace, invalid }: RowForm & { form: DockerForm }) {
  const { t } = useTranslation('docker');
  const type = textAt(row, 'type');
  const target = textAt(row, 'target');
  const number = index + 1;
  const become = (next: string) =>
    replace(
      next === 'tmpfs' ? { type: next, target } : { type: next, source: '', target, readOnly: flagAt(row, 'readOnly') },
    );
  return (
    <>
      <Select
        aria-label={t('mountKind', { number })}
        value={type}
        options={kinds.map((value) => ({ value, label: t(`mount.${value}`) }))}
        onChange={become}
      />
      <div className="docker-mount">
        {type === 'bind' ? (
          <PathField
            label={t('bindSource', { number })}
            hint=""
            error={null}
            folders
            extensions={[]}
            value={textAt(row, 'source')}
            onChange={(source) => replace({ ...row, source })}
          />
        ) : type === 'volume' ? (
          <VolumeChoice
            number={number}
            volumes={form.choices.volumes}
            value={textAt(row, 'source')}
            invalid={invalid('source')}
            onChange={(source) => replace({ ...row, source })}
          />
        ) : (
          <SizeField
            label={t('tmpfsSize', { number })}
            placeholder={t('unlimited')}
            value={numberAt(row, 'sizeBytes')}
            onChange={(size) => set('sizeBytes', size)}
          />
        )}
        <div className="row">
          <TextInput
            className="mono grow"
            aria-label={t('target', { number })}
            aria-invalid={invalid('target')}
            placeholder={t('targetHint')}
            value={target}
            onChange={(event) => replace({ ...row, target: event.target.value })}
          />
          {type === 'tmpfs' ? null : (
            <Checkbox
              checked={flagAt(row, 'readOnly')}
              onChange={(value) => set('readOnly', value)}
              label={t('readOnly')}
            />
          )}
        </div>
      </div>
    </>
  );
}
