import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Select, TextInput } from '../../ui/field.tsx';

/** Stands for a volume that is made with the container: no name can be this. */
const fresh = '/new';

/** One of the engine's volumes, or the name of a new one. */
export function VolumeChoice(props: {
  number: number;
  volumes: readonly string[];
  value: string;
  invalid: boolean | undefined;
  onChange: (name: string) => void;
}) {
  const { t } = useTranslation('docker');
  const [naming, setNaming] = useState(false);
  const known = props.volumes.includes(props.value);
  const isNew = props.value === '' ? naming || props.volumes.length === 0 : naming || !known;
  return (
    <div className="row docker-volume">
      <Select
        aria-label={t('volume', { number: props.number })}
        aria-invalid={isNew ? undefined : props.invalid}
        value={isNew ? fresh : props.value}
        options={[
          ...(isNew ? [] : [{ value: '', label: t('chooseVolume'), disabled: true }]),
          ...props.volumes.map((name) => ({ value: name, label: name })),
          { value: fresh, label: t('newVolume') },
        ]}
        onChange={(chosen) => {
          setNaming(chosen === fresh);
          props.onChange(chosen === fresh ? '' : chosen);
        }}
      />
      {isNew ? (
        <TextInput
          className="mono grow"
          aria-label={t('volumeName', { number: props.number })}
          aria-invalid={props.invalid}
          placeholder={t('volumeNameHint')}
          value={props.value}
          onChange={(event) => {
            setNaming(true);
            props.onChange(event.target.value);
          }}
        />
      ) : null}
    </div>
  );
}
