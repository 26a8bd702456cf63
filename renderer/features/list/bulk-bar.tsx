import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useHost, useUi, useWindow } from '../../client/window-context.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { useRefusal, useVerb } from '../../verbs/use-verbs.ts';
import { type VerbName, verbs } from '../../verbs/verbs.ts';

const usual: VerbName[] = ['start', 'stop', 'pause', 'resume', 'snapshot', 'remove'];
const trash: VerbName[] = ['restoreFromTrash', 'removeNow'];

/** What can be done to the selected rows at one time; a verb that none of them takes says why. */
export function BulkBar({ ids }: { ids: readonly string[] }) {
  const { ui } = useWindow();
  const { t } = useTranslation(['list', 'common']);
  const selected = useUi((state) => state.selected);
  const workloads = useHost((state) => state.workloads);
  const drivers = useHost((state) => state.drivers);
  const why = useRefusal();
  const act = useVerb();
  const chosen = ids.filter((id) => selected.has(id)).flatMap((id) => workloads[id] ?? []);
  const [first] = chosen;
  if (!first) return null;
  const refusal = (verb: VerbName) => {
    const reasons = chosen.map((one) => why(verb, one, drivers[one.spec.driver]));
    return reasons.includes(null) ? null : (reasons[0] ?? null);
  };
  return (
    <div className="bulk" role="toolbar" aria-label={t('bulk')}>
      <strong className="num">{t('selected', { count: chosen.length })}</strong>
      {(first.trashedUntilMs === null ? usual : trash).map((verb) => (
        <Button
          key={verb}
          size="sm"
          variant={verbs[verb].danger ? 'danger' : 'ghost'}
          icon={verbs[verb].icon}
          title={t(`common:verb.${verb}`)}
          reason={refusal(verb)}
          onClick={() => void act(verb, chosen)}
        >
          {t(`common:verb.${verb}`)}
        </Button>
      ))}
      <span className="grow" />
      <IconButton
        size="sm"
        icon={X}
        label={t('deselect')}
        keys="Esc"
        onClick={() => ui.setState({ selected: new Set() })}
      />
    </div>
  );
}
