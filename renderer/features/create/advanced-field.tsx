import { useTranslation } from 'react-i18next';
import { Field, Select, TextInput } from '../../ui/field.tsx';
import { Note } from '../../ui/note.tsx';
import { errorOf, type FieldsProps } from './fields-props.ts';
import { type Advanced, bootFirst } from './form.ts';
import { WatchdogField } from './watchdog-field.tsx';

const machines = ['', 'q35', 'pc', 'microvm', 'virt'];
const firmwares = ['', 'bios', 'uefi'];
const accelerators = ['', 'kvm', 'hvf', 'whpx', 'tcg'];

/** What few people have to choose for a virtual machine; folded until it is asked for, or holds an error. */
export function AdvancedField(props: FieldsProps) {
  const { t } = useTranslation('create');
  if (props.form.source === 'container') return null;
  const { advanced } = props.form;
  const set = (part: Partial<Advanced>) => props.onChange({ advanced: { ...advanced, ...part } });
  const error = errorOf(props, 'advanced');
  const named = (value: string) => ({ value, label: value === '' ? t('auto') : value });
  return (
    <details className="advanced" open={error === null ? undefined : true}>
      <summary>{t('advanced')}</summary>
      <div className="create-three">
        <Field label={t('machine')}>
          {(control) => (
            <Select
              {...control}
              value={advanced.machine}
              options={machines.map(named)}
              onChange={(machine) => set({ machine })}
            />
          )}
        </Field>
        <Field label={t('firmware')}>
          {(control) => (
            <Select
              {...control}
              value={advanced.firmware}
              options={firmwares.map((value) => ({
                value,
                label: value === '' ? t('auto') : t(value === 'uefi' ? 'firmwareUefi' : 'firmwareBios'),
              }))}
              onChange={(firmware) => set({ firmware })}
            />
          )}
        </Field>
        <Field label={t('accelerator')}>
          {(control) => (
            <Select
              {...control}
              value={advanced.accelerator}
              options={accelerators.map(named)}
              onChange={(accelerator) => set({ accelerator })}
            />
          )}
        </Field>
        <Field label={t('cpuModel')}>
          {(control) => (
            <TextInput
              {...control}
              className="mono"
              placeholder={t('auto')}
              value={advanced.cpuModel}
              onChange={(event) => set({ cpuModel: event.target.value })}
            />
          )}
        </Field>
        <Field label={t('boot')}>
          {(control) => (
            <Select
              {...control}
              value={advanced.boot}
              options={bootFirst.map((one) => ({ value: one, label: t(`bootFirst.${one}`) }))}
              onChange={(value) => set({ boot: bootFirst.find((one) => one === value) ?? 'auto' })}
            />
          )}
        </Field>
        <Field label={t('network')}>
          {(control) => (
            <Select
              {...control}
              value={advanced.network}
              options={[
                { value: 'user', label: t('networkUser') },
                { value: 'none', label: t('networkNone') },
              ]}
              onChange={(value) => set({ network: value === 'none' ? 'none' : 'user' })}
            />
          )}
        </Field>
        <WatchdogField watchdog={advanced.watchdog} onChange={(watchdog) => set({ watchdog })} />
      </div>
      {error ? (
        <Note tone="bad" role="alert">
          {error}
        </Note>
      ) : null}
    </details>
  );
}
