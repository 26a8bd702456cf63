import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Field } from '../../../ui/field.tsx';
import { type Settings, sameJson } from '../../docker/settings.ts';

/** The driver's settings as JSON. It follows the form, and the form follows it; text that is no object stays and is marked. */
export function JsonField(props: {
  value: Settings;
  /** What stands here is not to be read. */
  bad: boolean;
  /** Null for text that is no JSON object. */
  onChange: (value: Settings | null) => void;
}) {
  const { t } = useTranslation('workload');
  const [typed, setTyped] = useState('');
  const read = parseObject(typed);
  const text = (read === null ? props.bad : sameJson(read, props.value)) ? typed : JSON.stringify(props.value, null, 2);
  return (
    <Field
      label={t('settings.engine')}
      hint={t('settings.engineHint')}
      error={props.bad ? t('settings.badJson') : null}
    >
      {(control) => (
        <textarea
          {...control}
          className="input mono"
          rows={14}
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setTyped(event.target.value);
            props.onChange(parseObject(event.target.value));
          }}
        />
      )}
    </Field>
  );
}

/** The JSON object that a text holds, or null. Pure. */
export function parseObject(text: string): Settings | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Settings) : null;
  } catch {
    return null;
  }
}
