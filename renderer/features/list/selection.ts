/** The cursor row and the selected ones, by id. `anchor` is where a range begins. */
export type Selection = { cursor: string | null; anchor: string | null; selected: ReadonlySet<string> };

/** What a key or a click does to the selection. */
export type SelectionAct =
  | { type: 'move'; by: number; extend: boolean }
  | { type: 'edge'; to: 'first' | 'last' }
  | { type: 'toggle'; id: string }
  | { type: 'range'; id: string }
  | { type: 'only'; id: string }
  | { type: 'all' }
  | { type: 'none' };

/** The selection after an act, over the ids in the order in which they are shown. Pure. */
export function select(state: Selection, ids: readonly string[], act: SelectionAct): Selection {
  switch (act.type) {
    case 'move': {
      const from = state.cursor === null ? -1 : ids.indexOf(state.cursor);
      const to = ids[Math.min(ids.length - 1, Math.max(0, from < 0 ? 0 : from + act.by))] ?? null;
      if (!act.extend || to === null) return { ...state, cursor: to, anchor: to };
      return { ...state, cursor: to, selected: range(ids, state.anchor ?? state.cursor ?? to, to) };
    }
    case 'edge': {
      const to = (act.to === 'first' ? ids[0] : ids.at(-1)) ?? null;
      return { ...state, cursor: to, anchor: to };
    }
    case 'toggle': {
      const selected = new Set(state.selected);
      if (!selected.delete(act.id)) selected.add(act.id);
      return { cursor: act.id, anchor: act.id, selected };
    }
    case 'range':
      return { ...state, cursor: act.id, selected: range(ids, state.anchor ?? state.cursor ?? act.id, act.id) };
    case 'only':
      return { cursor: act.id, anchor: act.id, selected: new Set() };
    case 'all':
      return { ...state, selected: new Set(ids) };
    case 'none':
      return { ...state, selected: new Set() };
  }
}

function range(ids: readonly string[], from: string, to: string): ReadonlySet<string> {
  const [a, b] = [ids.indexOf(from), ids.indexOf(to)].sort((x, y) => x - y);
  return new Set(ids.slice(Math.max(0, a ?? 0), (b ?? 0) + 1));
}
