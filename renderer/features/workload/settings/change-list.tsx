import { useTranslation } from 'react-i18next';
import type { OutputOf, WorkloadSpec } from '../../../../electron/bridge/contract.ts';
import { Badge } from '../../../ui/badge.tsx';
import { shownValue, valueAt } from './changes.ts';

/** What a change of the spec would do: each field with its old and new value, and when it takes effect. */
export function ChangeList(props: { from: WorkloadSpec; to: WorkloadSpec; changes: OutputOf<'workloads.diff'> }) {
  const { t } = useTranslation('workload');
  return (
    <ul className="effects" aria-label={t('settings.changes')}>
      {props.changes.map((change) => (
        <li key={change.field}>
          <div className="row">
            <span className="mono grow">{change.field}</span>
            <Badge tone={change.effect === 'live' ? 'ok' : change.effect === 'refused' ? 'bad' : 'warn'}>
              {t(`effect.${change.effect}`)}
            </Badge>
          </div>
          <div className="effect-values mono">
            <Value sign="-" label={t('settings.before')} value={valueAt(props.from, change.field)} />
            <Value sign="+" label={t('settings.after')} value={valueAt(props.to, change.field)} />
          </div>
          {change.why ? <p className="muted">{change.why}</p> : null}
        </li>
      ))}
    </ul>
  );
}

function Value({ sign, label, value }: { sign: '-' | '+'; label: string; value: unknown }) {
  const { t } = useTranslation('workload');
  const text = shownValue(value);
  return (
    <div data-sign={sign} aria-label={label}>
      <span aria-hidden>{sign}</span> {text ?? <em>{t('settings.nothing')}</em>}
    </div>
  );
}
