import { CircleAlert, CircleCheck, CircleHelp, RefreshCw, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { type DoctorCheck, driverNameSchema } from '../../../electron/bridge/contract.ts';
import { useQuery } from '../../client/use-query.ts';
import { useRun } from '../../client/use-run.ts';
import { useHost } from '../../client/window-context.ts';
import { Button } from '../../ui/button.tsx';
import { CodeBlock } from '../../ui/copy.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Page } from '../../ui/page.tsx';
import { sortChecks, summary } from './checks.ts';
import './doctor.css';

/** One list for all times without settings: a new one each time would never come to rest. */
const noneMuted: readonly string[] = [];
const icons = { ok: CircleCheck, warning: TriangleAlert, problem: CircleAlert, unknown: CircleHelp } as const;

/** The checks of this machine, what is wrong first, each with its fix. */
export function DoctorPage() {
  const { t } = useTranslation('doctor');
  const muted = useHost((state) => state.settings?.mutedChecks ?? noneMuted);
  const { data, error, loading, reload } = useQuery('doctor.run', {});
  const checks = sortChecks((data ?? []).map((check) => ({ ...check, muted: muted.includes(check.id) })));
  const count = summary(checks);
  return (
    <Page
      title={t('title')}
      text={data ? t(count === 0 ? 'good' : 'bad', { count }) : t('running')}
      actions={
        <Button icon={RefreshCw} busy={loading} onClick={reload}>
          {t('again')}
        </Button>
      }
    >
      {error ? <ErrorNote error={error} /> : null}
      <ul className="checks">
        {checks.map((check) => (
          <Check key={check.id} check={check} muted={muted} />
        ))}
      </ul>
    </Page>
  );
}

function Check({ check, muted }: { check: DoctorCheck; muted: readonly string[] }) {
  const { t } = useTranslation(['doctor', 'common']);
  const run = useRun();
  // The checks of drivers are titled by the driver's own name, those of their parts by `name: part`.
  const [first = '', ...parts] = check.title.split(': ');
  const driver = driverNameSchema.safeParse(first);
  const title = driver.success ? [t(`common:driverShort.${driver.data}`), ...parts].join(': ') : check.title;
  const Icon = icons[check.status];
  const mute = () =>
    void run('settings.set', {
      mutedChecks: check.muted ? muted.filter((id) => id !== check.id) : [...muted, check.id],
    });
  return (
    <li className="check-line" data-status={check.status} data-muted={check.muted ? 'true' : undefined}>
      <Icon size={16} aria-hidden />
      <div className="grow">
        <h2>
          {title} <span className="sr-only">{t(`status.${check.status}`)}</span>
        </h2>
        <p className="muted">{check.detail}</p>
        {check.muted
          ? null
          : check.fixes.map((fix) => (
              <div key={fix.text} className="fix">
                <p>{fix.text}</p>
                {fix.command ? <CodeBlock text={fix.command} label={t('command')} /> : null}
              </div>
            ))}
      </div>
      {check.status === 'ok' ? null : (
        <Button size="sm" variant="ghost" onClick={mute}>
          {t(check.muted ? 'unmute' : 'mute')}
        </Button>
      )}
    </li>
  );
}
