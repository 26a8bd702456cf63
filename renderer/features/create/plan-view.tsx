import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { workloadSpecSchema } from '../../../electron/bridge/contract.ts';
import { useQuery } from '../../client/use-query.ts';
import { useSettled } from '../../client/use-settled.ts';
import { shellLines } from '../../format/shell-line.ts';
import { CodeBlock } from '../../ui/copy.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Note } from '../../ui/note.tsx';
import type { CreateRequest } from './form.ts';

/** Milliseconds without a change before the host is asked. */
const restMs = 250;

/** What a create and a start would run and ask for; nothing is changed. */
export function PlanView({ request: given }: { request: CreateRequest }) {
  const { t } = useTranslation('create');
  // By its content: the form makes a new one with each render.
  const text = useSettled(JSON.stringify(given), restMs);
  const request = useMemo(() => JSON.parse(text) as CreateRequest, [text]);
  const checked = workloadSpecSchema.safeParse(request.spec);
  const { data, error } = useQuery('workloads.plan', checked.success ? { spec: request.spec } : null);
  if (!checked.success) return <Note tone="warn">{checked.error.issues.map((issue) => issue.message).join(' ')}</Note>;
  if (error) return <ErrorNote error={error} />;
  if (!data) return <p className="muted">{t('planning')}</p>;
  return (
    <div className="stack">
      {request.catalogue ? <Note>{t('planCatalogue')}</Note> : null}
      {data.plan.warnings.map((warning) => (
        <Note key={warning} tone="warn">
          {warning}
        </Note>
      ))}
      {data.plan.commands.map((argv) => (
        <CodeBlock key={argv.join(' ')} text={shellLines(argv)} label={t('command')} />
      ))}
      {data.plan.requests.map((one) => (
        <CodeBlock
          key={one.request}
          label={t('request')}
          text={`${one.request}${one.body === undefined ? '' : `\n${JSON.stringify(one.body, null, 2)}`}`}
        />
      ))}
    </div>
  );
}
