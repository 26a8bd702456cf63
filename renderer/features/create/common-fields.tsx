import { useTranslation } from 'react-i18next';
import { useHost } from '../../client/window-context.ts';
import { formatBytes } from '../../format/bytes.ts';
import { Field, TextInput } from '../../ui/field.tsx';
import { Note } from '../../ui/note.tsx';
import { NumberField, SizeField } from '../../ui/number-field.tsx';
import { errorOf, type FieldsProps } from './fields-props.ts';

/** Name, CPU and memory: what every source has. */
export function SizeFields(props: FieldsProps) {
  const { form, onChange } = props;
  const { t } = useTranslation('create');
  const host = useHost((state) => state.host);
  const unset = t('unlimited');
  const over = host && form.memoryBytes !== null && form.memoryBytes > host.freeMemoryBytes;
  return (
    <>
      <Field label={t('name')} error={errorOf(props, 'name')}>
        {(control) => (
          <TextInput
            {...control}
            data-autofocus
            placeholder={props.name}
            value={form.name}
            maxLength={63}
            onChange={(event) => onChange({ name: event.target.value })}
          />
        )}
      </Field>
      <div className="create-pair">
        <Field
          label={t('vcpus')}
          error={errorOf(props, 'vcpus')}
          hint={host ? t('hostCpus', { count: host.cpus }) : null}
        >
          {(control) => (
            <NumberField
              control={control}
              value={form.vcpus}
              min={1}
              unit="vCPU"
              placeholder={unset}
              onChange={(vcpus) => onChange({ vcpus })}
            />
          )}
        </Field>
        <Field
          label={t('memory')}
          error={errorOf(props, 'memoryBytes')}
          hint={host ? t('hostMemory', { free: formatBytes(host.freeMemoryBytes) }) : null}
        >
          {(control) => (
            <SizeField
              control={control}
              label={t('memory')}
              value={form.memoryBytes}
              placeholder={unset}
              onChange={(memoryBytes) => onChange({ memoryBytes })}
            />
          )}
        </Field>
      </div>
      {over ? <Note tone="warn">{t('overCommit')}</Note> : null}
    </>
  );
}

/** The labels as text. */
export function LabelsField(props: FieldsProps) {
  const { t } = useTranslation('create');
  return (
    <Field label={t('labels')} hint={t('labelsHint')} error={errorOf(props, 'labels')}>
      {(control) => (
        <TextInput
          {...control}
          value={props.form.labels}
          onChange={(event) => props.onChange({ labels: event.target.value })}
        />
      )}
    </Field>
  );
}
