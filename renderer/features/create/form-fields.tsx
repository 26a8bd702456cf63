import { useTranslation } from 'react-i18next';
import { Field } from '../../ui/field.tsx';
import { SizeField } from '../../ui/number-field.tsx';
import { AdvancedField } from './advanced-field.tsx';
import { LabelsField, SizeFields } from './common-fields.tsx';
import { ContainerFields } from './container-fields.tsx';
import { DisksField } from './disks-field.tsx';
import { DisplayField } from './display-field.tsx';
import { errorOf, type FieldsProps } from './fields-props.ts';
import { ForwardsField } from './forwards-field.tsx';
import { SourceFields } from './source-fields.tsx';

/** All fields of the dialog for the chosen source. */
export function FormFields(props: FieldsProps) {
  if (props.form.source === 'container') return <ContainerFields {...props} />;
  return <MachineFields {...props} />;
}

function MachineFields(props: FieldsProps) {
  const { form, onChange } = props;
  const { t } = useTranslation('create');
  return (
    <div className="create-fields">
      <SourceFields {...props} />
      <SizeFields {...props} />
      {form.source === 'catalogue' || form.source === 'container' ? null : (
        <Field label={t('disk')} error={errorOf(props, 'diskBytes')} hint={t(`diskHint.${form.source}`)}>
          {(control) => (
            <SizeField
              control={control}
              label={t('disk')}
              value={form.diskBytes}
              placeholder={t(form.source === 'disk' ? 'asImage' : 'noDisk')}
              onChange={(diskBytes) => onChange({ diskBytes })}
            />
          )}
        </Field>
      )}
      <DisksField {...props} />
      <DisplayField {...props} />
      <ForwardsField
        forwards={form.forwards}
        error={errorOf(props, 'forwards')}
        onChange={(forwards) => onChange({ forwards })}
      />
      <LabelsField {...props} />
      <AdvancedField {...props} />
    </div>
  );
}
