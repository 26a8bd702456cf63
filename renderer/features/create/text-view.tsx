import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { methods } from '../../../electron/bridge/contract.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Field } from '../../ui/field.tsx';
import type { CreateRequest } from './form.ts';

/** The whole request as text, to read, to change and to keep. What is changed here is created as it stands. */
export function TextView(props: { request: CreateRequest; onCreate: (request: CreateRequest) => void }) {
  const { t } = useTranslation('create');
  const given = JSON.stringify(props.request, null, 2);
  const [text, setText] = useState<string | null>(null);
  const checked = text === null ? null : readRequest(text);
  return (
    <div className="stack">
      <Field
        label={t('asText')}
        hint={t('asTextHint')}
        error={checked && 'problem' in checked ? checked.problem : null}
      >
        {(control) => (
          <textarea
            {...control}
            className="input mono"
            rows={18}
            spellCheck={false}
            value={text ?? given}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      <div className="row">
        <CopyButton label={t('copyText')} text={text ?? given} />
        {checked && 'request' in checked ? (
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
