import { useTranslation } from 'react-i18next';
import { formatBytes } from '../../format/bytes.ts';
import { Checkbox, Field, Select, TextInput } from '../../ui/field.tsx';
import { Note } from '../../ui/note.tsx';
import { PathField } from '../paths/path-field.tsx';
import { errorOf, type FieldsProps } from './fields-props.ts';
import type { CreateForm } from './form.ts';
import { endings } from './image-endings.ts';

/** The fields that only one source has. */
export function SourceFields(props: FieldsProps) {
  const { form, demo } = props;
  const { t } = useTranslation('create');
  switch (form.source) {
    case 'demo':
      return <p className="muted">{demo && !demo.ready ? t('demoFirst') : t('demoReady')}</p>;
    case 'catalogue':
      return <CatalogueFields {...props} />;
    case 'disk':
      return (
        <>
          <FileField {...props} field="diskImage" hint={t('diskImageHint')} extensions={endings.disk} />
          <Checkbox
            checked={form.diskUse === 'import'}
            onChange={(copy) => props.onChange({ diskUse: copy ? 'import' : 'overlay' })}
            label={t('import')}
            hint={t('importHint')}
          />
        </>
      );
    case 'iso':
      return <FileField {...props} field="cdrom" hint={t('pathHint')} extensions={endings.cd} />;
    case 'kernel':
      return (
        <>
          <FileField {...props} field="kernel" hint={t('pathHint')} extensions={endings.any} />
          <FileField {...props} field="initrd" hint={t('optional')} extensions={endings.any} />
          <TextField {...props} field="cmdline" hint={t('cmdlineHint')} />
        </>
      );
    case 'container':
      return null;
  }
}

type TextKey = { [K in keyof CreateForm]: CreateForm[K] extends string ? K : never }[keyof CreateForm];

function FileField(props: FieldsProps & { field: TextKey; hint: string; extensions: string[] }) {
  const { t } = useTranslation('create');
  const { field } = props;
  return (
    <PathField
      label={t(`field.${field}`)}
      hint={props.hint}
      error={errorOf(props, field)}
      value={props.form[field]}
      extensions={props.extensions}
      onChange={(path) => props.onChange({ [field]: path })}
    />
  );
}

function TextField(props: FieldsProps & { field: TextKey; hint: string }) {
  const { t } = useTranslation('create');
  const { field } = props;
  return (
    <Field label={t(`field.${field}`)} hint={props.hint} error={errorOf(props, field)}>
      {(control) => (
        <TextInput
          {...control}
          className="mono"
          value={props.form[field]}
          onChange={(event) => props.onChange({ [field]: event.target.value })}
        />
      )}
    </Field>
  );
}

function CatalogueFields(props: FieldsProps) {
  const { t } = useTranslation('create');
  const entry = props.catalogue.find((one) => one.id === props.form.catalogueId);
  const size = entry?.sizeBytes ? formatBytes(entry.sizeBytes) : null;
  return (
    <>
      <Field label={t('field.catalogueId')}>
        {(control) => (
          <Select
            {...control}
            value={props.form.catalogueId}
            options={[
              { value: '', label: t('choose'), disabled: true },
              ...props.catalogue.map((one) => ({
                value: one.id,
                label: one.unavailable ? `${one.name} (${one.unavailable})` : one.name,
                disabled: one.unavailable !== null,
              })),
            ]}
            onChange={(catalogueId) => {
              const { resources } = props.catalogue.find((one) => one.id === catalogueId) ?? {};
              props.onChange({
                catalogueId,
                ...(resources?.vcpus ? { vcpus: resources.vcpus } : {}),
                ...(resources?.memoryBytes ? { memoryBytes: resources.memoryBytes } : {}),
              });
            }}
          />
        )}
      </Field>
      {entry ? (
        <Note>
          {entry.ready ? t('isReady') : t('downloads', { size: size ?? t('someSize') })}
          {entry.login ? ` ${t('login', { login: entry.login })}` : ''}
        </Note>
      ) : null}
    </>
  );
}
