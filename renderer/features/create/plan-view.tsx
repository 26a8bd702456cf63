import { useTranslation } from 'react-i18next';
import { workloadSpecSchema } from '../../../electron/bridge/contract.ts';
import { useQuery } from '../../client/use-query.ts';
import { shellLine } from '../../format/shell-line.ts';
import { CodeBlock } from '../../ui/copy.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Note } from '../../ui/note.tsx';
import type { CreateRequest } from './form.ts';

/** What a create and a start would run and ask for; nothing is changed. */
export function PlanView({ request }: { request: CreateRequest }) {
  const { t } = useTranslation('create');
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
        <CodeBlock key={argv.join(' ')} text={shellLine(argv)} label={t('command')} />
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
