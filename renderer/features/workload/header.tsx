import { ArrowLeft, Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Workload, workloadNameSchema } from '../../../electron/bridge/contract.ts';
import { useRun } from '../../client/use-run.ts';
import { useHost, useRoute, useWindow } from '../../client/window-context.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { DriverGlyph } from '../../ui/driver-glyph.tsx';
import { TextInput } from '../../ui/field.tsx';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { useVerbWord } from '../../verbs/use-verb-word.ts';
import { useRefusal, useVerb } from '../../verbs/use-verbs.ts';
import { mainVerb, type VerbName, verbs } from '../../verbs/verbs.ts';
import { needsAttention } from '../list/views.ts';
import { PendingNote } from './pending-note.tsx';
import { TroubleNote } from './trouble-note.tsx';

const inMenu: readonly VerbName[] = ['forceOff', 'restart', 'reset', 'clone', 'remove', 'removeByForce'];
const shown: readonly VerbName[] = ['pause', 'snapshot'];

/** Name, state and verbs of a workload, and what a person has to know before anything else. */
export function WorkloadHeader({ workload }: { workload: Workload }) {
  const { t } = useTranslation(['workload', 'common']);
  const { route } = useWindow();
  const at = useRoute();
  const driver = useHost((state) => state.drivers[workload.spec.driver]);
  const why = useRefusal();
  const act = useVerb();
  const wordOf = useVerbWord();
  const main = mainVerb(workload);
  const { observation } = workload;
  const paused = observation.phase === 'paused';
  const button = (verb: VerbName, primary = false) => (
    <Button
      key={verb}
      icon={verbs[verb].icon}
      variant={primary ? 'primary' : 'default'}
      className={verb === main ? 'verb-first' : 'verb-second'}
      title={wordOf(verb, workload.spec.driver)}
      {...(verbs[verb].keys === undefined ? {} : { keys: verbs[verb].keys })}
      reason={why(verb, workload, driver)}
      busy={verb === main && workload.pendingVerb !== null}
      onClick={() => void act(verb, [workload])}
    >
      {wordOf(verb, workload.spec.driver)}
    </Button>
  );
  const item = (verb: VerbName): MenuItem => ({
    id: verb,
    label: wordOf(verb, workload.spec.driver),
    icon: verbs[verb].icon,
    ...(verbs[verb].danger ? { danger: true } : {}),
    reason: why(verb, workload, driver),
    onSelect: () => void act(verb, [workload]),
  });
  const trashed = workload.trashedUntilMs !== null;
  const byForce = why('removeByForce', workload, driver) === null;
  const isOffered = (verb: VerbName) => verb !== 'removeByForce' || byForce;
  return (
    <header className="workload-head">
      <div className="row">
        <IconButton
          label={t('back')}
          icon={ArrowLeft}
          variant="ghost"
          onClick={() => {
            if (at.page === 'list') route.go({ ...at, id: null, tab: null });
          }}
        />
        <DriverGlyph driver={workload.spec.driver} size={18} />
        <Name workload={workload} />
        {typeof workload.spec.settings['endpoint'] === 'string' ? (
          <Badge>{workload.spec.settings['endpoint']}</Badge>
        ) : null}
        <StateBadge phase={observation.phase} reason={observation.reason} pendingVerb={workload.pendingVerb} />
        <span className="muted truncate grow" title={observation.reason}>
          {isPhase(observation.reason, observation.phase) || needsAttention(workload) ? '' : observation.reason}
        </span>
        {button(main, main !== 'stop')}
        {trashed
          ? [button('removeNow'), ...(byForce ? [button('removeByForce')] : [])]
          : shown.filter((verb) => !(verb === 'pause' && paused)).map((verb) => button(verb))}
        {trashed ? null : (
          <Menu trigger={<IconButton label={t('more')} icon={Ellipsis} />} items={inMenu.filter(isOffered).map(item)} />
        )}
      </div>
      <TroubleNote workload={workload} />
      <PendingNote workload={workload} />
    </header>
  );
}

/** A reason that only says the phase again is not worth its room; one of what is being made has no other. */
const isPhase = (reason: string, phase: string) =>
  phase === 'creating' || reason.toLowerCase().replace(/\.$/, '') === phase;

function Name({ workload }: { workload: Workload }) {
  const { t } = useTranslation('workload');
  const run = useRun();
  const [draft, setDraft] = useState<string | null>(null);
  if (draft === null) {
    return (
      <h1>
        <button
          type="button"
          className="workload-name"
          title={`${workload.spec.name}\n${t('rename')}`}
          onClick={() => setDraft(workload.spec.name)}
        >
          {workload.spec.name}
        </button>
      </h1>
    );
  }
  const checked = workloadNameSchema.safeParse(draft);
  const commit = async () => {
    setDraft(null);
    if (checked.success && draft !== workload.spec.name)
      await run('workloads.rename', { workload: workload.id, name: draft });
  };
  return (
    <TextInput
      className="input workload-rename"
      aria-label={t('rename')}
      aria-invalid={!checked.success}
      title={checked.success ? undefined : checked.error.issues[0]?.message}
      value={draft}
      autoFocus
      onChange={(event) => setDraft(event.target.value)}
      onBlur={() => setDraft(null)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') void commit();
        if (event.key === 'Escape') setDraft(null);
      }}
    />
  );
}
