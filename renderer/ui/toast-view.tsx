import { CircleAlert, CircleCheck, Info, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { Button, IconButton } from './button.tsx';
import { CopyButton } from './copy.tsx';
import type { Toasts } from './toasts.ts';

const icons = { ok: CircleCheck, bad: CircleAlert, info: Info } as const;

/** Draws the toasts; they are read out as they come. */
export function ToastView({ toasts }: { toasts: Toasts }) {
  const { t } = useTranslation('common');
  const list = useStore(toasts.store, (state) => state.toasts);
  return (
    <section
      className="toasts"
      aria-label={t('notices')}
      aria-live="polite"
      onMouseEnter={() => toasts.hold(true)}
      onMouseLeave={() => toasts.hold(false)}
      onFocus={() => toasts.hold(true)}
      onBlur={() => toasts.hold(false)}
    >
      {list.map((toast) => {
        const Icon = icons[toast.tone];
        return (
          <div key={toast.id} className="toast" data-tone={toast.tone} role={toast.tone === 'bad' ? 'alert' : 'status'}>
            <Icon size={16} aria-hidden />
            <p className="grow">{toast.text}</p>
            {toast.details ? (
              <span className="toast-details">
                <CopyButton label={t('copyDetails')} text={toast.details} />
              </span>
            ) : null}
            {toast.action ? (
              <Button
                size="sm"
                onClick={() => {
                  toasts.close(toast.id);
                  toast.action?.run();
                }}
              >
                {toast.action.label}
              </Button>
            ) : null}
            <IconButton size="sm" icon={X} label={t('close')} onClick={() => toasts.close(toast.id)} />
          </div>
        );
      })}
    </section>
  );
}
