import type { Workload } from '../../../electron/bridge/contract.ts';

/** Phases in which a workload holds CPU or memory. */
export const livePhases: ReadonlySet<string> = new Set(['creating', 'starting', 'running', 'paused', 'stopping']);
const badPhases = new Set(['crashed', 'lost', 'unknown']);

/** Whether somebody has to look at it. */
export function needsAttention(workload: Workload): boolean {
  return badPhases.has(workload.observation.phase) || workload.observation.attention !== undefined;
}

/** A label as a view and as text: `key=value`, or `key` alone for an empty value. */
export function labelText(key: string, value: string): string {
  return value === '' ? key : `${key}=${value}`;
}

/** The default engine of a driver, as the drivers name it. */
const defaultEngine = 'default';

/** The engine that has a workload, by its name within the driver. Pure. */
function endpointOf({ spec }: Workload): string {
  const { endpoint } = spec.settings;
  return typeof endpoint === 'string' ? endpoint : defaultEngine;
}

/** The view of one engine of a driver. Pure. */
export function engineView(driver: string, endpoint: string): string {
  return `engine:${driver}/${endpoint}`;
}

/** Whether a workload belongs to a view: `all`, `running`, `stopped`, `attention`, `trash`, `driver:NAME`, `engine:DRIVER/NAME`, `label:KEY=VALUE`. */
export function inView(workload: Workload, view: string): boolean {
  const trashed = workload.trashedUntilMs !== null;
  if (view === 'trash' || trashed) return view === 'trash' && trashed;
  const { phase } = workload.observation;
  switch (view) {
    case 'all':
      return true;
    case 'running':
      return livePhases.has(phase);
    case 'stopped':
      // What nobody knows is told as that.
      return !livePhases.has(phase) && phase !== 'unknown';
    case 'attention':
      return needsAttention(workload);
    default:
      return inNamedView(workload, view);
  }
}

function inNamedView(workload: Workload, view: string): boolean {
  const at = view.indexOf(':');
  const rest = view.slice(at + 1);
  if (view.startsWith('driver:')) return workload.spec.driver === rest;
  if (view.startsWith('engine:')) return engineView(workload.spec.driver, endpointOf(workload)) === view;
  if (view.startsWith('label:')) {
    return Object.entries(workload.spec.labels).some(([key, value]) => labelText(key, value) === rest);
  }
  return false;
}

/**
 * Whether a workload fits the filter's text: every word must be found. `state:`, `driver:`, `engine:`, `label:` and `name:` look at
 * that part alone; a leading `-` turns a word around.
 */
export function fitsFilter(workload: Workload, filter: string): boolean {
  return filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '-')
    .every((word) => (word.startsWith('-') ? !hasWord(workload, word.slice(1)) : hasWord(workload, word)));
}

function hasWord(workload: Workload, word: string): boolean {
  const { spec, observation } = workload;
  const labels = Object.entries(spec.labels).map(([key, value]) => labelText(key, value).toLowerCase());
  const [, part, text = ''] = /^(state|driver|engine|label|name):(.*)$/.exec(word) ?? [];
  switch (part ?? 'any') {
    case 'state':
      return observation.phase.startsWith(text);
    case 'driver':
      return spec.driver.startsWith(text);
    case 'engine':
      return endpointOf(workload).toLowerCase().startsWith(text);
    case 'label':
      return labels.some((label) => label.includes(text));
    case 'name':
      return spec.name.toLowerCase().includes(text);
    default:
      return [spec.name.toLowerCase(), spec.driver, observation.phase, ...labels, ...addresses(workload)].some((one) =>
        one.includes(word),
      );
  }
}

function addresses(workload: Workload): string[] {
  return (workload.observation.addresses ?? []).map((address) => address.text.toLowerCase());
}

/** How many workloads each view holds; labels and drivers by what is there. */
export function countViews(workloads: readonly Workload[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const add = (view: string) => counts.set(view, (counts.get(view) ?? 0) + 1);
  for (const workload of workloads) {
    for (const view of ['all', 'running', 'stopped', 'attention', 'trash']) if (inView(workload, view)) add(view);
    if (workload.trashedUntilMs !== null) continue;
    add(`driver:${workload.spec.driver}`);
    add(engineView(workload.spec.driver, endpointOf(workload)));
    for (const [key, value] of Object.entries(workload.spec.labels)) add(`label:${labelText(key, value)}`);
  }
  return counts;
}
