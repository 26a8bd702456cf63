import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Workload } from '../../../electron/bridge/contract.ts';
import { useRun, useRunJob } from '../../client/use-run.ts';
import { useHost, useUi, useWindow } from '../../client/window-context.ts';
import { engineOf } from '../../store/engine-of.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Note } from '../../ui/note.tsx';
import { leftBehind } from './left-behind.ts';
import { lastRefusal } from './refused.ts';
import './removal.css';

type Way = 'end' | 'forget';

/** Asks how a workload is to go that can't be removed in the plain way. */
export function ByForceDialog() {
  const { ui } = useWindow();
  const id = useUi((state) => state.removing);
  const workload = useHost((state) => (id === null ? undefined : state.workloads[id]));
  return workload ? (
    <Content key={workload.id} workload={workload} onClose={() => ui.setState({ removing: null })} />
  ) : null;
}

function Content({ workload, onClose }: { workload: Workload; onClose: () => void }) {
  const { t } = useTranslation(['removal', 'common']);
  const { route, toasts } = useWindow();
  const run = useRun();
  const runJob = useRunJob();
  const { id, spec } = workload;
  const driver = engineOf(
    useHost((state) => state.drivers[spec.driver]),
    spec,
  );
  const snapshots = useHost((state) => state.snapshots[id]?.snapshots.length ?? 0);
  const failed = useHost((state) => lastRefusal(state.jobs, id));
  const trashHours = useHost((state) => state.settings?.trashHours);
  const away = driver?.health === 'healthy' ? null : (driver?.summary ?? t(`common:driver.${spec.driver}`));
  const noEnd = workload.trashedUntilMs !== null ? t('inTrash') : away === null ? null : t('end.away');
  const [chosen, setChosen] = useState<Way | null>(null);
  const way = noEnd !== null ? 'forget' : (chosen ?? 'end');
  const name = spec.name;
  const go = async () => {
    onClose();
    const done =
      way === 'end'
        ? await runJob('workloads.remove', { workload: id, force: true })
        : await runJob('workloads.forget', { workload: id });
    if (done === null) return;
    const at = route.getState().route;
    if (at.page === 'list' && at.id === id) route.go({ ...at, id: null });
    const undo = { label: t('common:undo'), run: () => void run('workloads.restoreFromTrash', { workload: id }) };
    toasts.show({
      tone: 'ok',
      text: t(way === 'forget' ? 'forget.done' : trashHours === 0 ? 'end.done' : 'common:removedOne', { name }),
      ...(way === 'end' && trashHours !== 0 ? { action: undo } : {}),
    });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('title', { name })}
      footer={
        <>
          <Button onClick={onClose}>{t('common:cancel')}</Button>
          <Button variant="danger" onClick={() => void go()}>
            {t(`${way}.do`, { name })}
          </Button>
        </>
      }
    >
      <div className="stack removal">
        <WhyNot workload={workload} error={failed} away={away} />
        <Choice way="end" chosen={way} reason={noEnd} onChoose={setChosen}>
          <p>{t('end.text')}</p>
          <p>{t(trashHours === 0 ? 'end.noTrash' : 'end.trash')}</p>
        </Choice>
        <Choice way="forget" chosen={way} reason={null} onChoose={setChosen}>
          <p>{t('forget.text')}</p>
          <ul>
            {leftBehind(workload, snapshots).map(({ key, values }) => (
              <li key={key}>{t(key, values)}</li>
            ))}
          </ul>
          <p>{t('forget.back')}</p>
        </Choice>
      </div>
    </Dialog>
  );
}

/** Why the plain removal does not do: it failed, the engine is away, or something else is under way. */
function WhyNot(props: { workload: Workload; error: ReturnType<typeof lastRefusal>; away: string | null }) {
  const { t } = useTranslation(['removal', 'common']);
  if (props.error !== null) return <ErrorNote error={props.error} />;
  const verb = props.workload.pendingVerb;
  const text =
    props.away ??
    (verb === null ? null : t('busy', { verb: t(`common:pending.${verb}`, { defaultValue: verb }).toLowerCase() }));
  return text === null ? null : <Note tone="warn">{text}</Note>;
}

function Choice(props: {
  way: Way;
  chosen: Way;
  reason: string | null;
  onChoose: (way: Way) => void;
  children: ReactNode;
}) {
  const { t } = useTranslation('removal');
  const { way } = props;
  return (
    <label className="removal-way" data-off={props.reason === null ? undefined : 'true'}>
      <input
        type="radio"
        name="removal-way"
        checked={props.chosen === way}
        disabled={props.reason !== null}
        onChange={() => props.onChoose(way)}
      />
      <span className="grow">
        <strong>{t(`${way}.title`)}</strong>
        {props.reason === null ? props.children : <p>{props.reason}</p>}
      </span>
    </label>
  );
}
