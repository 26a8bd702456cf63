import type { Route } from '../../store/route.ts';

/** Keys of one place: what to press, and the text that says what it does. */
export type KeyGroup = { id: string; keys: [string, string][] };

const verbs: [string, string][] = [
  ['S', 'start'],
  ['X', 'stop'],
  ['P', 'pause'],
  ['R', 'restart'],
  ['N', 'snapshot'],
  ['Delete', 'remove'],
];

const all = {
  everywhere: [
    ['Mod+K', 'palette'],
    ['Mod+Shift+P', 'paletteTerminal'],
    ['/', 'filter'],
    ['C', 'create'],
    ['Mod+J', 'jobs'],
    ['?', 'keys'],
    ['Esc', 'back'],
  ],
  list: [['↑+↓', 'move'], ['Enter', 'open'], ['Space', 'select'], ['Shift+↓', 'extend'], ['Mod+A', 'all'], ...verbs],
  workload: verbs,
  console: [
    ['Shift+Esc', 'leave'],
    ['Ctrl+Shift+F', 'find'],
    ['Ctrl+Shift+C', 'copy'],
  ],
  timeline: [
    ['↑+↓', 'timelineMove'],
    ['Enter', 'timelineRestore'],
    ['D', 'timelineCompare'],
    ['N', 'timelineTake'],
  ],
  slider: [
    ['←+→', 'step'],
    ['PageUp', 'double'],
    ['PageDown', 'halve'],
    ['Home', 'least'],
    ['End', 'most'],
  ],
} satisfies Record<string, [string, string][]>;

/** The keys of the place where the window is, nearest first, then those that hold everywhere. Pure. */
export function groupsFor(route: Route): KeyGroup[] {
  return [...placesOf(route), 'everywhere' as const].map((id) => ({ id, keys: all[id] }));
}

function placesOf(route: Route): (keyof typeof all)[] {
  if (route.page !== 'list') return [];
  if (route.id === null) return ['list'];
  const tabs: Record<string, keyof typeof all> = { console: 'console', snapshots: 'timeline', resources: 'slider' };
  const own = tabs[route.tab ?? ''];
  return own === undefined ? ['workload', 'list'] : [own, 'workload', 'list'];
}
