import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { methods } from '../../../electron/bridge/contract.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Field } from '../../ui/field.tsx';
import { sameJson } from '../docker/settings.ts';
import type { CreateRequest } from './form.ts';

/**
 * The whole request as text, to read, to change and to keep. `onEdit` takes a change into the form; where it can't (false),
 * the text is created as it stands.
 */
export function TextView(props: {
  request: CreateRequest;
  /** Lines of the text that are in sight. */
  rows: number;
  onEdit: (request: CreateRequest) => boolean;
  onCreate: (request: CreateRequest) => void;
}) {
  const { t } = useTranslation('create');
  const given = JSON.stringify(props.request, null, 2);
  const [edit, setEdit] = useState<{ text: string; taken: boolean } | null>(null);
  const read = edit === null ? null : readRequest(edit.text);
  // What the form has taken is the form's from then on: it is shown as typed until the form says something else.
  const stale = edit?.taken === true && read !== null && 'request' in read && !sameJson(read.request, props.request);
  const text = edit === null || stale ? null : edit.text;
  const checked = text === null ? null : read;
  const change = (next: string) => {
    const now = readRequest(next);
    setEdit({ text: next, taken: 'request' in now && props.onEdit(now.request) });
  };
  return (
    <div className="stack">
      <Field
        label={t('asText')}
        hint={t(edit === null || edit.taken || stale ? 'asTextHint' : 'asTextAlone')}
        error={checked && 'problem' in checked ? checked.problem : null}
      >
        {(control) => (
          <textarea
            {...control}
            className="input mono"
            rows={props.rows}
            spellCheck={false}
            value={text ?? given}
            onChange={(event) => change(event.target.value)}
          />
        )}
      </Field>
      <div className="row">
        <CopyButton label={t('copyText')} text={text ?? given} />
        {checked && 'request' in checked && edit?.taken === false ? (
          <Button size="sm" variant="primary" onClick={() => props.onCreate(checked.request)}>
            {t('createText')}
          </Button>
        ) : null}
      </div>
    </div>
  );
}

/** The request that a text holds, or what is wrong with it. */
export function readRequest(text: string): { request: CreateRequest } | { problem: string } {
  try {
    const value: unknown = JSON.parse(text);
    const checked = methods['workloads.create'].input.safeParse(value);
    return checked.success ? { request: value as CreateRequest } : { problem: z.prettifyError(checked.error) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
