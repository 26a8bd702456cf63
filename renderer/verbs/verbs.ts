import {
  Copy,
  Eraser,
  History,
  type LucideIcon,
  Pause,
  Play,
  Power,
  PowerOff,
  RefreshCw,
  Trash2,
  Undo2,
  Zap,
} from 'lucide-react';
import type { CapabilityName, DriverState, Phase, Workload } from '../../electron/bridge/contract.ts';
import { engineOf } from '../store/engine-of.ts';
import { type Connection, isAway } from '../store/store.ts';

/** What can be done to a workload, in the order in which it is offered. */
export const verbNames = [
  'start',
  'stop',
  'forceOff',
  'pause',
  'resume',
  'restart',
  'reset',
  'snapshot',
  'clone',
  'remove',
  'removeByForce',
  'restoreFromTrash',
  'removeNow',
] as const;
/** A verb of a workload. */
export type VerbName = (typeof verbNames)[number];

/** How a verb is shown: its icon, and its key in the list. Words are `common:verb.NAME`. */
export type Verb = { name: VerbName; icon: LucideIcon; keys?: string; danger?: boolean };

/** All verbs. */
export const verbs: Record<VerbName, Verb> = {
  start: { name: 'start', icon: Play, keys: 'S' },
  stop: { name: 'stop', icon: Power, keys: 'X' },
  forceOff: { name: 'forceOff', icon: PowerOff, danger: true },
  pause: { name: 'pause', icon: Pause, keys: 'P' },
  resume: { name: 'resume', icon: Play, keys: 'P' },
  restart: { name: 'restart', icon: RefreshCw, keys: 'R' },
  reset: { name: 'reset', icon: Zap, danger: true },
  snapshot: { name: 'snapshot', icon: History, keys: 'N' },
  clone: { name: 'clone', icon: Copy },
  remove: { name: 'remove', icon: Trash2, keys: 'Delete', danger: true },
  removeByForce: { name: 'removeByForce', icon: Eraser, danger: true },
  restoreFromTrash: { name: 'restoreFromTrash', icon: Undo2 },
  removeNow: { name: 'removeNow', icon: Trash2, danger: true },
};

/** Why a verb can't be used now: the key of a text of `common`, or words of the driver. */
export type Refusal = { key: string; values?: Record<string, string> } | { text: string };

const live: readonly Phase[] = ['running', 'paused', 'starting', 'stopping'];
const needs: Partial<Record<VerbName, CapabilityName>> = {
  pause: 'pause',
  resume: 'pause',
  reset: 'reset',
  clone: 'clone',
};

/** Why nothing can be asked of the host now, or null: what was asked for while it is away would be done at some later time. Pure. */
export function awayRefusal(connection: Connection): Refusal | null {
  return isAway(connection) ? { key: 'refusal.hostAway' } : null;
}

/** Why the verb can't be used on this workload now, or null when it can. Pure. */
export function refusal(verb: VerbName, workload: Workload, given: DriverState | undefined): Refusal | null {
  const driver = engineOf(given, workload.spec);
  const { phase } = workload.observation;
  if (verb === 'removeByForce') {
    return workload.spec.protected
      ? { key: 'refusal.protected' }
      : forceHelps(workload, driver)
        ? null
        : { key: 'refusal.plain' };
  }
  if (workload.trashedUntilMs !== null) {
    return verb === 'restoreFromTrash' || verb === 'removeNow' ? null : { key: 'refusal.inTrash' };
  }
  if (verb === 'restoreFromTrash' || verb === 'removeNow') return { key: 'refusal.notInTrash' };
  if (workload.pendingVerb !== null && verb !== 'forceOff') return { key: 'refusal.busy' };
  if (verb === 'remove') return workload.spec.protected ? { key: 'refusal.protected' } : null;
  return engineRefusal(workload, driver) ?? byPhase(verb, phase) ?? byCapability(verb, driver);
}

/** Why nothing can be done with what a workload keeps, its snapshots for example, or null when it can. Pure. */
export function keptRefusal(workload: Workload, given: DriverState | undefined): Refusal | null {
  if (workload.trashedUntilMs !== null) return { key: 'refusal.inTrash' };
  if (workload.pendingVerb !== null) return { key: 'refusal.busy' };
  return engineRefusal(workload, engineOf(given, workload.spec));
}

function engineRefusal(workload: Workload, driver: DriverState | undefined): Refusal | null {
  return driver?.health === 'healthy'
    ? null
    : { key: 'refusal.engine', values: { reason: driver?.summary ?? workload.spec.driver } };
}

/** Whether a removal by force is worth offering: what is under way holds a plain one up, or the engine is away. Pure. */
export function forceHelps(workload: Workload, engine: Pick<DriverState, 'health'> | undefined): boolean {
  const away = engine?.health !== 'healthy';
  if (workload.trashedUntilMs !== null) return away;
  return away || workload.pendingVerb !== null || workload.observation.phase === 'unknown';
}

function byPhase(verb: VerbName, phase: Phase): Refusal | null {
  switch (verb) {
    case 'start':
      return phase === 'running' ? { key: 'refusal.runs' } : phase === 'paused' ? { key: 'refusal.paused' } : null;
    case 'forceOff':
      // A saved memory that can't be loaded is left by force.
      return phase === 'saved' ? null : byPhase('stop', phase);
    case 'stop':
    case 'restart':
      return live.includes(phase) || phase === 'unknown' ? null : { key: 'refusal.notRunning' };
    case 'pause':
    case 'reset':
      return phase === 'running' || (verb === 'reset' && phase === 'paused') ? null : { key: 'refusal.notRunning' };
    case 'resume':
      return phase === 'paused' ? null : { key: 'refusal.notPaused' };
    case 'snapshot':
    case 'clone':
      return phase === 'creating' || phase === 'lost' ? { key: 'refusal.notThere' } : null;
    case 'remove':
    case 'removeByForce':
    case 'removeNow':
    case 'restoreFromTrash':
      return null;
  }
}

function byCapability(verb: VerbName, driver: DriverState | undefined): Refusal | null {
  if (driver === undefined) return null;
  if (verb === 'snapshot') {
    const { snapshotDisk, snapshotMemory } = driver.capabilities;
    if (snapshotDisk?.available || snapshotMemory?.available) return null;
    return { text: snapshotDisk?.reason ?? snapshotMemory?.reason ?? driver.summary };
  }
  const capability = needs[verb];
  if (!capability) return null;
  const state = driver.capabilities[capability];
  if (state?.available) return null;
  return state?.reason ? { text: state.reason } : { key: 'refusal.unsupported' };
}

/** The verb that the one main button of a workload offers. */
export function mainVerb(workload: Workload): VerbName {
  if (workload.trashedUntilMs !== null) return 'restoreFromTrash';
  const { phase } = workload.observation;
  if (phase === 'paused') return 'resume';
  return live.includes(phase) ? 'stop' : 'start';
}
