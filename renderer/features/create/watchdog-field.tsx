import { useTranslation } from 'react-i18next';
import { Field, Select } from '../../ui/field.tsx';
import { type WatchdogChoice, watchdogActions, watchdogModels } from './watchdog.ts';

/** The watchdog of a virtual machine and what it does; two fields of a form. */
export function WatchdogField(props: {
  watchdog: WatchdogChoice | null;
  onChange: (watchdog: WatchdogChoice | null) => void;
}) {
  const { t } = useTranslation('create');
  const { watchdog, onChange } = props;
  return (
    <>
      <Field label={t('watchdog')} hint={t('watchdogHint')}>
        {(control) => (
          <Select
            {...control}
            value={watchdog?.model ?? ''}
            options={['', ...watchdogModels].map((value) => ({
              value,
              label: value === '' ? t('watchdogNone') : value,
            }))}
            onChange={(value) => {
              const model = watchdogModels.find((one) => one === value);
              onChange(model === undefined ? null : { action: watchdog?.action ?? 'reset', model });
            }}
          />
        )}
      </Field>
      {watchdog === null ? null : (
        <Field label={t('watchdogAction')}>
          {(control) => (
            <Select
              {...control}
              value={watchdog.action}
              options={watchdogActions.map((value) => ({ value, label: t(`watchdogDoes.${value}`) }))}
              onChange={(value) =>
                onChange({ ...watchdog, action: watchdogActions.find((one) => one === value) ?? 'reset' })
              }
            />
          )}
        </Field>
      )}
    </>
  );
}
