import { useTranslation } from 'react-i18next';
import { Field, TextInput } from '../../ui/field.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import type { DockerForm } from './docker-form.ts';
import { useTyped } from './field-kit.tsx';
import { errorAt } from './form-error.ts';
import { numberAt, objectAt, withValue, wordsAt } from './settings.ts';
import { joinWords, splitWords } from './words.ts';

/** The numbers of a health check with Docker's own values. */
const numbers = [
  { name: 'intervalSeconds', standard: 30, unit: 's' },
  { name: 'timeoutSeconds', standard: 30, unit: 's' },
  { name: 'startPeriodSeconds', standard: 0, unit: 's' },
  { name: 'retries', standard: 3, unit: '' },
] as const;

/** A command that the engine runs inside again and again; without one there is no check. */
export function HealthSection({ form }: { form: DockerForm }) {
  const { t } = useTranslation('docker');
  const check = objectAt(form.settings, 'healthCheck') ?? {};
  const words = wordsAt(check, 'command');
  const [text, type] = useTyped(words, splitWords, joinWords);
  return (
    <>
      <Field
        label={t('health.command')}
        hint={t('health.commandHint')}
        error={
          errorAt(form.error, 'healthCheck.command') ?? (form.error?.path === 'healthCheck' ? form.error.why : null)
        }
      >
        {(control) => (
          <TextInput
            {...control}
            className="mono"
            placeholder={t('health.none')}
            value={text}
            onChange={(event) => {
              const command = type(event.target.value);
              form.set('healthCheck', command.length === 0 ? null : { ...check, command });
            }}
          />
        )}
      </Field>
      {words.length === 0 ? null : (
        <div className="docker-four">
          {numbers.map(({ name, standard, unit }) => (
            <Field key={name} label={t(`health.${name}`)} error={errorAt(form.error, `healthCheck.${name}`)}>
              {(control) => (
                <NumberField
                  control={control}
                  value={numberAt(check, name)}
                  placeholder={String(standard)}
                  min={0}
                  {...(unit === '' ? {} : { unit })}
                  onChange={(value) => form.set('healthCheck', withValue(check, name, value))}
                />
              )}
            </Field>
          ))}
        </div>
      )}
    </>
  );
}
