import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Phase } from '../../electron/bridge/contract.ts';
import type { Tone } from './badge.tsx';
import { Tooltip } from './tooltip.tsx';

const tones: Record<Phase, Tone> = {
  creating: 'info',
  stopped: 'neutral',
  starting: 'info',
  running: 'ok',
  paused: 'warn',
  stopping: 'info',
  saved: 'neutral',
  crashed: 'bad',
  lost: 'bad',
  unknown: 'warn',
};

/** The shape of each phase, so that colour is never the only sign. */
function Shape({ phase }: { phase: Phase }) {
  switch (phase) {
    case 'running':
      return <circle cx="6" cy="6" r="4.5" fill="currentColor" />;
    case 'paused':
      return <path d="M3 2h2v8H3zM7 2h2v8H7z" fill="currentColor" />;
    case 'stopped':
      return <rect x="2.5" y="2.5" width="7" height="7" rx="1" fill="none" stroke="currentColor" strokeWidth="1.5" />;
    case 'saved':
      return (
        <path
          d="M2.5 1.5h7v9L6 8l-3.5 2.5z"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.4"
          strokeLinejoin="round"
        />
      );
    case 'crashed':
      return <path d="M6 .9 11.4 11H.6zM5.4 4.4v3h1.2v-3zm0 4v1.2h1.2V8.400z" fill="currentColor" fillRule="evenodd" />;
    case 'lost':
      return <path d="M2.5 2.5l7 7m0-7l-7 7" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />;
    case 'unknown':
      return (
        <path
          d="M6 1.2 10.800 6 6 10.800 1.200 6z"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
          strokeDasharray="2.4 1.4"
        />
      );
    case 'creating':
    case 'starting':
    case 'stopping':
      return null;
  }
}

/** The glyph of a phase alone; the word must stand near or be read out. */
export function StateGlyph({ phase, pending }: { phase: Phase; pending?: boolean }) {
  const moving = pending || phase === 'creating' || phase === 'starting' || phase === 'stopping';
  if (moving) return <span className="spinner" aria-hidden />;
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden>
      <Shape phase={phase} />
    </svg>
  );
}

/** The words of a state: the pending verb's where there is one. `t` is of `common`. */
export function stateWord(t: TFunction, phase: Phase, verb?: string | null): string {
  return verb
    ? t(`common:pending.${verb}`, { defaultValue: t('common:pending.other', { verb }) })
    : t(`common:phase.${phase}`);
}

/** A workload's state as shape, word and colour, without hooks, for long lists. */
export function StateMark(props: { phase: Phase; word: string; pending: boolean; compact?: boolean | undefined }) {
  return (
    <span className="state" data-tone={props.pending ? 'info' : tones[props.phase]} data-phase={props.phase}>
      <StateGlyph phase={props.phase} pending={props.pending} />
      <span className={props.compact ? 'sr-only' : undefined}>{props.word}</span>
    </span>
  );
}

/** A workload's state with the reason on hover. A pending verb takes the word's place. */
export function StateBadge(props: { phase: Phase; reason?: string; pendingVerb?: string | null; compact?: boolean }) {
  const { t } = useTranslation('common');
  const word = stateWord(t, props.phase, props.pendingVerb);
  return (
    <Tooltip text={props.compact ? [word, props.reason].filter(Boolean).join('\n') : props.reason}>
      <span>
        <StateMark phase={props.phase} word={word} pending={Boolean(props.pendingVerb)} compact={props.compact} />
      </span>
    </Tooltip>
  );
}
