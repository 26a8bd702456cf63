import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Checkbox, Field, type FieldControl, Select, TextInput } from '../../ui/field.tsx';
import { NumberField, SizeField } from '../../ui/number-field.tsx';
import type { DockerForm } from './docker-form.ts';
import { errorAt } from './form-error.ts';
import { flagAt, numberAt, sameJson, textAt, wordsAt } from './settings.ts';
import { joinWords, parseNames, splitWords } from './words.ts';

/** What a field of one setting gets. `name` is the setting's key; its words are `docker:field.NAME`. */
type SettingProps = { form: DockerForm; name: string; hint?: ReactNode; placeholder?: string };

/** The label, hint and error of one setting around its control. */
export function Setting(props: SettingProps & { children: (control: FieldControl) => ReactNode }) {
  const { t } = useTranslation('docker');
  return (
    <Field
      label={t(`field.${props.name}`)}
      hint={props.hint}
      error={errorAt(props.form.error, props.name)}
      className={`setting-${props.name}`}
    >
      {props.children}
    </Field>
  );
}

/** A line of text. */
export function TextSetting(props: SettingProps) {
  const { form, name } = props;
  return (
    <Setting {...props}>
      {(control) => (
        <TextInput
          {...control}
          className="mono"
          placeholder={props.placeholder}
          value={textAt(form.settings, name)}
          onChange={(event) => form.set(name, event.target.value)}
        />
      )}
    </Setting>
  );
}

/** A number with its unit. */
export function NumberSetting(props: SettingProps & { unit?: string; min?: number; max?: number; step?: number }) {
  const { form, name, unit, min, max, step } = props;
  return (
    <Setting {...props}>
      {(control) => (
        <NumberField
          control={control}
          value={numberAt(form.settings, name)}
          onChange={(value) => form.set(name, value)}
          {...(props.placeholder === undefined ? {} : { placeholder: props.placeholder })}
          {...(unit === undefined ? {} : { unit })}
          {...(min === undefined ? {} : { min })}
          {...(max === undefined ? {} : { max })}
          {...(step === undefined ? {} : { step })}
        />
      )}
    </Setting>
  );
}

/** A size in bytes. */
export function SizeSetting(props: SettingProps) {
  const { t } = useTranslation('docker');
  const { form, name } = props;
  return (
    <Setting {...props}>
      {(control) => (
        <SizeField
          control={control}
          label={t(`field.${name}`)}
          value={numberAt(form.settings, name)}
          onChange={(value) => form.set(name, value)}
          {...(props.placeholder === undefined ? {} : { placeholder: props.placeholder })}
        />
      )}
    </Setting>
  );
}

/** A yes or no. */
export function FlagSetting({ form, name, hint }: SettingProps) {
  const { t } = useTranslation('docker');
  return (
    <Checkbox
      checked={flagAt(form.settings, name)}
      onChange={(value) => form.set(name, value)}
      label={t(`field.${name}`)}
      hint={hint}
    />
  );
}

/** A choice of what the engine has. What is set and not in the list stays in it; empty is the engine's own. */
export function ChoiceSetting(props: SettingProps & { options: readonly string[]; unset: string }) {
  const { form, name } = props;
  const value = textAt(form.settings, name);
  return (
    <Setting {...props}>
      {(control) => (
        <Select
          {...control}
          value={value}
          options={[{ value: '', label: props.unset }, ...withOwn(props.options, value)]}
          onChange={(chosen) => form.set(name, chosen)}
        />
      )}
    </Setting>
  );
}

/** The options of a list that holds what is set, whatever the engine says. */
export function withOwn(options: readonly string[], value: string): { value: string; label: string }[] {
  const all = value === '' || options.includes(value) ? options : [...options, value];
  return all.map((one) => ({ value: one, label: one }));
}

/**
 * Text that stands for a value. What was typed is shown as long as it means the present value, so that neither spaces nor
 * quotes jump; a change from elsewhere is shown as `write` writes it.
 */
export function useTyped<T>(
  value: T,
  read: (text: string) => T,
  write: (value: T) => string,
): [string, (text: string) => T] {
  const [typed, setTyped] = useState('');
  const text = sameJson(read(typed), value) ? typed : write(value);
  const type = (next: string): T => {
    setTyped(next);
    return read(next);
  };
  return [text, type];
}

/** A command line; empty takes the setting away. */
export function WordsSetting(props: SettingProps) {
  const { form, name } = props;
  const [text, type] = useTyped(wordsAt(form.settings, name), splitWords, joinWords);
  return (
    <Setting {...props}>
      {(control) => (
        <TextInput
          {...control}
          className="mono"
          placeholder={props.placeholder}
          value={text}
          onChange={(event) => {
            const words = type(event.target.value);
            form.set(name, words.length > 0 ? words : null);
          }}
        />
      )}
    </Setting>
  );
}

/** Names by spaces. */
export function NamesSetting(props: SettingProps & { upperCase?: boolean }) {
  const { form, name } = props;
  const read = (text: string) => parseNames(props.upperCase ? text.toUpperCase() : text);
  const [text, type] = useTyped(wordsAt(form.settings, name), read, (names) => names.join(' '));
  return (
    <Setting {...props}>
      {(control) => (
        <TextInput
          {...control}
          className="mono"
          placeholder={props.placeholder}
          value={text}
          onChange={(event) => form.set(name, type(event.target.value))}
        />
      )}
    </Setting>
  );
}

/** Pairs of a name and a value, one a line. */
export function PairsSetting(
  props: SettingProps & {
    value: Record<string, string>;
    read: (text: string) => Record<string, string>;
    write: (pairs: Record<string, string>) => string;
  },
) {
  const [text, type] = useTyped(props.value, props.read, props.write);
  return (
    <Setting {...props}>
      {(control) => (
        <textarea
          {...control}
          className="input mono"
          rows={Math.min(8, Math.max(2, text.split('\n').length))}
          spellCheck={false}
          placeholder={props.placeholder}
          value={text}
          onChange={(event) => props.form.set(props.name, type(event.target.value))}
        />
      )}
    </Setting>
  );
}
