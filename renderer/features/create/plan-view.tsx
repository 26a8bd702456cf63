import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type ErrorData, type OutputOf, workloadSpecSchema } from '../../../electron/bridge/contract.ts';
import { useQuery } from '../../client/use-query.ts';
import { useSettled } from '../../client/use-settled.ts';
import { shellLines } from '../../format/shell-line.ts';
import { CodeBlock } from '../../ui/copy.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Note } from '../../ui/note.tsx';
import type { CreateRequest } from './form.ts';

/** Milliseconds without a change before the host is asked. */
const restMs = 250;

/** The host's answer about a request: what it would run, or why it can't be. */
export type PlanAnswer = {
  /** What the request lacks before the host can be asked. */
  problem: string | null;
  data: OutputOf<'workloads.plan'> | null;
  error: ErrorData | null;
};

/** Asks what a create and a start would do, when the request has rested; nothing is changed. Null asks nothing. */
export function usePlan(given: CreateRequest | null): PlanAnswer {
  // By its content: the form makes a new one with each render.
  const text = useSettled(JSON.stringify(given), restMs);
  const request = useMemo(() => JSON.parse(text) as CreateRequest | null, [text]);
  const checked = request === null ? null : workloadSpecSchema.safeParse(request.spec);
  const { data, error } = useQuery('workloads.plan', request && checked?.success ? { spec: request.spec } : null);
  const problem = checked?.success === false ? checked.error.issues.map((issue) => issue.message).join(' ') : null;
  return { problem, data: request === null ? null : data, error: request === null || problem !== null ? null : error };
}

/** What a create and a start would run and ask for. */
export function PlanView({ plan, catalogue }: { plan: PlanAnswer; catalogue: boolean }) {
  const { t } = useTranslation('create');
  const { problem, data, error } = plan;
  if (problem !== null) return <Note tone="warn">{problem}</Note>;
  if (error) return <ErrorNote error={error} />;
  if (!data) return <p className="muted">{t('planning')}</p>;
  return (
    <div className="stack">
      {catalogue ? <Note>{t('planCatalogue')}</Note> : null}
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
