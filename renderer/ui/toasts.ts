import { createStore } from 'zustand/vanilla';

/** A short message with at most one action. Errors stay until they are closed. */
export type Toast = {
  id: number;
  tone: 'ok' | 'bad' | 'info';
  text: string;
  action?: { label: string; run: () => void };
  /** What `Copy details` copies. */
  details?: string;
};

/** Milliseconds that a toast stays: long enough to read, and with an action long enough to reach it by the keyboard. */
const toastMs = { plain: 8000, action: 20_000 } as const;
/** More would cover the work. */
const most = 4;

/** The toasts on show. */
export function createToasts() {
  let last = 0;
  let held = false;
  const timers = new Map<number, ReturnType<typeof setTimeout>>();
  const store = createStore<{ toasts: Toast[] }>(() => ({ toasts: [] }));
  const close = (id: number) => {
    clearTimeout(timers.get(id));
    timers.delete(id);
    store.setState(({ toasts }) => ({ toasts: toasts.filter((one) => one.id !== id) }));
    // What is gone tells of no pointer that leaves it.
    if (store.getState().toasts.length === 0) held = false;
  };
  const expire = (toast: Toast) => {
    if (held || toast.tone === 'bad') return;
    timers.set(toast.id, setTimeout(close, toast.action ? toastMs.action : toastMs.plain, toast.id));
  };
  return {
    store,
    /** Closes one; closing again is nothing. */
    close,
    /** Shows one and returns its id. */
    show(toast: Omit<Toast, 'id'>): number {
      const made = { ...toast, id: ++last };
      store.setState(({ toasts }) => ({ toasts: [...toasts, made].slice(-most) }));
      expire(made);
      return made.id;
    },
    /** While somebody points at them or has the focus there, none goes; after that their time begins anew. */
    hold(on: boolean): void {
      if (held === on) return;
      held = on;
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      if (!on) for (const toast of store.getState().toasts) expire(toast);
    },
  };
}

/** The toasts of one window. */
export type Toasts = ReturnType<typeof createToasts>;
