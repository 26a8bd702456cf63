import { ArrowRight, CircleAlert, Plus, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from '../../ui/button.tsx';
import { Select } from '../../ui/field.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import type { Forward } from './form.ts';

/** Ports of this machine that lead into the workload. */
export function ForwardsField(props: {
  forwards: Forward[];
  error: string | null;
  onChange: (forwards: Forward[]) => void;
}) {
  const { t } = useTranslation('create');
  const set = (index: number, part: Partial<Forward>) =>
    props.onChange(props.forwards.map((one, at) => (at === index ? { ...one, ...part } : one)));
  return (
    <fieldset className="field forwards">
      <legend className="field-label">{t('forwards')}</legend>
      {props.forwards.map((one, index) => (
        // Forwards have no identity but their place.
        <div className="row" key={String(index)}>
          <NumberField
            label={t('hostPort')}
            value={one.hostPort}
            min={0}
            max={65_535}
            placeholder="0"
            onChange={(hostPort) => set(index, { hostPort })}
          />
          <ArrowRight size={14} aria-hidden />
          <NumberField
            label={t('guestPort')}
            value={one.guestPort}
            min={1}
            max={65_535}
            onChange={(guestPort) => set(index, { guestPort })}
          />
          <Select
            aria-label={t('protocol')}
            value={one.protocol}
            options={[
              { value: 'tcp', label: 'TCP' },
              { value: 'udp', label: 'UDP' },
            ]}
            onChange={(protocol) => set(index, { protocol: protocol === 'udp' ? 'udp' : 'tcp' })}
          />
          <IconButton
            icon={X}
            label={t('removeForward')}
            onClick={() => props.onChange(props.forwards.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      {props.error ? (
        <div className="field-error" role="alert">
          <CircleAlert size={14} aria-hidden />
          {props.error}
        </div>
      ) : null}
      <div className="row">
        <Button
          size="sm"
          icon={Plus}
          onClick={() => props.onChange([...props.forwards, { hostPort: null, guestPort: null, protocol: 'tcp' }])}
        >
          {t('addForward')}
        </Button>
        <span className="field-hint">{t('forwardsHint')}</span>
      </div>
    </fieldset>
  );
}
