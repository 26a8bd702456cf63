import { Command } from 'cmdk';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Workload } from '../../../electron/bridge/contract.ts';
import { useHost, useRoute, useWindow } from '../../client/window-context.ts';
import { DriverGlyph } from '../../ui/driver-glyph.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { useVerbWord } from '../../verbs/use-verb-word.ts';
import { useRefusal, useVerb } from '../../verbs/use-verbs.ts';
import { verbNames, verbs } from '../../verbs/verbs.ts';
import { findActions, findWorkloads } from './commands.ts';
import { usePlaces } from './use-places.ts';

/** The palette's lines: verbs of a workload first when one is meant, then workloads, then places. */
export function PaletteContent({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['palette', 'common']);
  const { route } = useWindow();
  const here = useRoute();
  const [text, setText] = useState('');
  const workloads = useHost((state) => state.workloads);
  const found = findWorkloads(Object.values(workloads), text);
  const openOne = here.page === 'list' && here.id !== null ? workloads[here.id] : undefined;
  const target = text.trim() !== '' && found.length === 1 ? found[0] : openOne;
  const places = usePlaces().filter((place) => fits(place.label, text));
  const run = (act: () => void) => () => {
    onClose();
    act();
  };
  const actions = target ? <Verbs workload={target} text={target === openOne ? text : ''} run={run} /> : null;
  return (
    <>
      <div className="palette-head">
        <Search size={16} aria-hidden />
        <Command.Input autoFocus value={text} onValueChange={setText} placeholder={t('placeholder')} />
      </div>
      <Command.List className="palette-list">
        <Command.Empty className="palette-none">{t('none')}</Command.Empty>
        {text.trim() === '' ? actions : null}
        {found.length > 0 ? (
          <Command.Group heading={t('workloads')}>
            {found.map((workload) => (
              <Command.Item
                key={workload.id}
                value={`workload ${workload.id}`}
                onSelect={run(() => route.go({ page: 'list', view: 'all', id: workload.id, tab: null }))}
              >
                <DriverGlyph driver={workload.spec.driver} />
                <span className="truncate grow">{workload.spec.name}</span>
                <StateBadge phase={workload.observation.phase} pendingVerb={workload.pendingVerb} />
              </Command.Item>
            ))}
          </Command.Group>
        ) : null}
        {text.trim() === '' ? null : actions}
        {target && target !== openOne ? null : (
          <Actions workloads={Object.values(workloads).filter((one) => one !== target)} text={text} run={run} />
        )}
        {places.length > 0 ? (
          <Command.Group heading={t('go')}>
            {places.map(({ id, label, icon: Icon, keys, act }) => (
              <Command.Item key={id} value={`place ${id}`} onSelect={run(act)}>
                <Icon size={15} aria-hidden />
                <span className="truncate grow">{label}</span>
                {keys ? <Kbd keys={keys} /> : null}
              </Command.Item>
            ))}
          </Command.Group>
        ) : null}
      </Command.List>
    </>
  );
}

/** Verbs on workloads that are neither open nor the only one meant: `snapshot`, `stop web`. */
function Actions(props: { workloads: Workload[]; text: string; run: (act: () => void) => () => void }) {
  const { t } = useTranslation('palette');
  const drivers = useHost((state) => state.drivers);
  const why = useRefusal();
  const wordOf = useVerbWord();
  const act = useVerb();
  const found = findActions(
    props.workloads,
    (workload) =>
      verbNames
        .filter((verb) => why(verb, workload, drivers[workload.spec.driver]) === null)
        .map((verb) => ({
          verb,
          word: wordOf(verb, workload.spec.driver),
          danger: verbs[verb].danger === true,
        })),
    props.text,
  );
  if (found.length === 0) return null;
  return (
    <Command.Group heading={t('actions')}>
      {found.map(({ verb, word, workload }) => {
        const Icon = verbs[verb].icon;
        return (
          <Command.Item
            key={`${verb} ${workload.id}`}
            value={`action ${verb} ${workload.id}`}
            onSelect={props.run(() => void act(verb, [workload]))}
          >
            <Icon size={15} aria-hidden />
            <span className="truncate grow">{t('verbOf', { verb: word, name: workload.spec.name })}</span>
          </Command.Item>
        );
      })}
    </Command.Group>
  );
}

function Verbs(props: { workload: Workload; text: string; run: (act: () => void) => () => void }) {
  const { t } = useTranslation(['palette', 'common']);
  const { workload } = props;
  const driver = useHost((state) => state.drivers[workload.spec.driver]);
  const why = useRefusal();
  const act = useVerb();
  const wordOf = useVerbWord();
  const able = verbNames.filter(
    (name) => why(name, workload, driver) === null && means(wordOf(name, workload.spec.driver), workload, props.text),
  );
  if (able.length === 0) return null;
  return (
    <Command.Group heading={workload.spec.name}>
      {able.map((name) => {
        const Icon = verbs[name].icon;
        return (
          <Command.Item key={name} value={`verb ${name}`} onSelect={props.run(() => void act(name, [workload]))}>
            <Icon size={15} aria-hidden />
            <span className="truncate grow">
              {t('verbOf', { verb: wordOf(name, workload.spec.driver), name: workload.spec.name })}
            </span>
            {verbs[name].keys ? <Kbd keys={verbs[name].keys} /> : null}
          </Command.Item>
        );
      })}
    </Command.Group>
  );
}

/** Whether a typed text means a verb of a workload: by the verb's words, which the name may follow or go before. */
function means(word: string, { spec }: Workload, text: string): boolean {
  const typed = text.trim().toLowerCase().split(/\s+/);
  return fits(`${word} ${spec.name}`, text) && typed.some((one) => word.toLowerCase().includes(one));
}

/** Whether every typed word is in the label. */
function fits(label: string, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/);
  return words.every((word) => label.toLowerCase().includes(word));
}
