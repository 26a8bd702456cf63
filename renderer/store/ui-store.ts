import { createStore } from 'zustand/vanilla';
import type { ListSort } from '../features/list/sort.ts';

/** What this window remembers of itself: kept in the browser's storage, per machine, of no use to the host. */
export type Preferences = {
  /** The share of the list beside a workload. */
  split: number;
  sort: ListSort;
  trayHeight: number;
};

/** What is asked before something that can't be undone. */
export type Question = {
  title: string;
  /** What goes with it. */
  text: string;
  /** The words of the button that does it: the verb and its object. */
  action: string;
  run: () => void;
};

/** The state of this window alone. */
export type UiState = {
  /** Which of the window's own dialogs is open. */
  dialog: 'create' | 'palette' | 'keys' | null;
  /** The id of the workload that is asked about how it is to be removed by force. */
  removing: string | null;
  /** The question that waits for its answer. */
  asking: Question | null;
  trayOpen: boolean;
  /** The text of the list's filter. */
  filter: string;
  /** Ids of the selected rows. */
  selected: ReadonlySet<string>;
  preferences: Preferences;
};

const storageKey = 'novacron.window';
const standard: Preferences = { split: 0.36, sort: { by: 'name', down: false }, trayHeight: 220 };

/** The window's own store; preferences come from and go to `storage`. */
export function createUiStore(storage: Pick<Storage, 'getItem' | 'setItem'>) {
  const store = createStore<UiState>(() => ({
    dialog: null,
    removing: null,
    asking: null,
    trayOpen: false,
    filter: '',
    selected: new Set(),
    preferences: { ...standard, ...readPreferences(storage) },
  }));
  store.subscribe((state, before) => {
    if (state.preferences !== before.preferences) storage.setItem(storageKey, JSON.stringify(state.preferences));
  });
  return store;
}

/** The window's own store. */
export type UiStore = ReturnType<typeof createUiStore>;

function readPreferences(storage: Pick<Storage, 'getItem'>): Partial<Preferences> {
  try {
    const value: unknown = JSON.parse(storage.getItem(storageKey) ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    // Preferences that can't be read are worth nothing; the standard ones serve.
    return {};
  }
}
