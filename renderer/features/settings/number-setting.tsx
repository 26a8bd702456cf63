import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../../electron/bridge/contract.ts';
import { parseNumber } from '../../format/bytes.ts';
import { TextInput } from '../../ui/field.tsx';
import { SettingLine } from './setting-line.tsx';

/** A number that is sent when the field is left or Enter is pressed, within its limits. */
export function NumberSetting(props: {
  name: 'consoleFontSize' | 'stopGraceSeconds' | 'trashHours' | 'automaticSnapshots';
  value: number;
  min: number;
  max: number;
  unit?: string;
  onSet: (part: Partial<Settings>) => void;
}) {
  const { t } = useTranslation('settings');
  const [draft, setDraft] = useState<string | null>(null);
  const number = draft === null ? props.value : parseNumber(draft);
  const bad = number === null || number < props.min || number > props.max;
  const commit = () => {
    if (!bad && number !== props.value) props.onSet({ [props.name]: number });
    setDraft(null);
  };
  return (
    <SettingLine name={props.name}>
      <span className="number" title={t('limits', { min: props.min, max: props.max })}>
        <TextInput
          aria-label={t(`${props.name}.title`)}
          aria-invalid={bad}
          inputMode="numeric"
          value={draft ?? String(props.value)}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit();
            if (event.key === 'Escape') setDraft(null);
          }}
        />
        {props.unit ? <span className="unit">{props.unit}</span> : null}
      </span>
    </SettingLine>
  );
}
