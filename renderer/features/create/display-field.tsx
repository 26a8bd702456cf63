import { useTranslation } from 'react-i18next';
import { Checkbox } from '../../ui/field.tsx';
import type { FieldsProps } from './fields-props.ts';

/** Whether a virtual machine gets a screen. */
export function DisplayField({ form, onChange }: FieldsProps) {
  const { t } = useTranslation('create');
  if (form.source === 'container') return null;
  return (
    <Checkbox
      checked={form.display}
      onChange={(display) => onChange({ display })}
      label={t('display')}
      hint={t('displayHint')}
    />
  );
}
