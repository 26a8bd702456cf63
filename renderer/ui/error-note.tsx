import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorData } from '../../electron/bridge/contract.ts';
import { errorText } from '../format/error-text.ts';
import { CopyButton } from './copy.tsx';
import { Note } from './note.tsx';

/** An error in place: what happened, what to do, and all that is known to copy. */
export function ErrorNote({ error, actions }: { error: ErrorData; actions?: ReactNode }) {
  const { t } = useTranslation('common');
  const fixes = Array.isArray(error.details['fixes']) ? error.details['fixes'].map(String) : [];
  return (
    <Note
      tone="bad"
      role="alert"
      actions={
        <>
          {actions}
          <CopyButton label={t('copyDetails')} text={errorText(error)} />
        </>
      }
    >
      <p>{error.message}</p>
      {fixes.length > 0 ? (
        <ul>
          {fixes.map((fix) => (
            <li key={fix}>{fix}</li>
          ))}
        </ul>
      ) : null}
      <details>
        <summary>{t('details')}</summary>
        <pre className="code">{errorText(error)}</pre>
      </details>
    </Note>
  );
}
