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

/** Milliseconds that a toast stays; long enough to read and to reach its Undo. */
const toastMs = 8000;
/** More would cover the work. */
const most = 4;

/** The toasts on show. */
export function createToasts() {
  let last = 0;
  const store = createStore<{ toasts: Toast[] }>(() => ({ toasts: [] }));
  const close = (id: number) => store.setState(({ toasts }) => ({ toasts: toasts.filter((one) => one.id !== id) }));
  return {
    store,
    /** Closes one; closing again is nothing. */
    close,
    /** Shows one and returns its id. */
    show(toast: Omit<Toast, 'id'>): number {
      const id = ++last;
      store.setState(({ toasts }) => ({ toasts: [...toasts, { ...toast, id }].slice(-most) }));
      if (toast.tone !== 'bad') setTimeout(() => close(id), toastMs);
      return id;
    },
  };
}

/** The toasts of one window. */
export type Toasts = ReturnType<typeof createToasts>;
