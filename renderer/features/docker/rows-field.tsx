import { CircleAlert, Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from '../../ui/button.tsx';
import type { DockerForm } from './docker-form.ts';
import { errorAt, errorOfList } from './form-error.ts';
import { type Row, rowsAt, withValue } from './settings.ts';

/** What one entry of a list is drawn with. */
export type RowForm = {
  row: Row;
  index: number;
  /** Changes one value of the entry; nothing takes it away. */
  set: (key: string, value: unknown) => void;
  /** Puts another entry in its place. */
  replace: (row: Row) => void;
  /** Whether the host's error is about this value. */
  invalid: (key: string) => boolean | undefined;
};

/** A list of entries: each in a line of its own with a button that removes it, errors below the entry, and one button that adds. */
export function RowsField(props: {
  form: DockerForm;
  name: string;
  hint?: string;
  /** A new entry. */
  fresh: Row;
  children: (row: RowForm) => ReactNode;
}) {
  const { t } = useTranslation('docker');
  const { form, name } = props;
  const rows = rowsAt(form.settings, name);
  const replace = (index: number, row: Row) =>
    form.set(
      name,
      rows.map((one, at) => (at === index ? row : one)),
    );
  const whole = form.error?.path === name ? form.error.why : null;
  return (
    <fieldset className="field docker-rows" data-list={name}>
      <legend className="field-label">{t(`field.${name}`)}</legend>
      {rows.map((row, index) => (
        // Entries have no identity but their place.
        <div key={String(index)} className="docker-row">
          <div className="docker-row-main">
            <div className="docker-row-fields">
              {props.children({
                row,
                index,
                set: (key, value) => replace(index, withValue(row, key, value)),
                replace: (next) => replace(index, next),
                invalid: (key) => (errorAt(form.error, `${name}.${index}.${key}`) === null ? undefined : true),
              })}
            </div>
            <IconButton
              icon={X}
              label={t(`remove.${name}`, { number: index + 1 })}
              onClick={() =>
                form.set(
                  name,
                  rows.filter((_, at) => at !== index),
                )
              }
            />
          </div>
          <RowError text={errorAt(form.error, `${name}.${index}`)} />
        </div>
      ))}
      <RowError text={whole ?? (rows.length === 0 ? errorOfList(form.error, name) : null)} />
      <div className="row">
        <Button size="sm" icon={Plus} onClick={() => form.set(name, [...rows, props.fresh])}>
          {t(`add.${name}`)}
        </Button>
        {props.hint ? <span className="field-hint">{props.hint}</span> : null}
      </div>
    </fieldset>
  );
}

function RowError({ text }: { text: string | null }) {
  if (text === null) return null;
  return (
    <div className="field-error" role="alert">
      <CircleAlert size={14} aria-hidden />
      {text}
    </div>
  );
}
