import type { LucideIcon } from 'lucide-react';
import type { ButtonHTMLAttributes, MouseEvent, ReactNode, Ref } from 'react';
import { Tooltip } from './tooltip.tsx';

type Base = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled' | 'children'> & {
  variant?: 'default' | 'primary' | 'ghost' | 'danger';
  size?: 'sm' | 'md';
  icon?: LucideIcon;
  /** Why it can't be used now. Set: looks disabled, stays focusable, says the reason, does nothing. */
  reason?: string | null;
  /** The shortcut, shown in the tooltip. */
  keys?: string;
  /** An operation that this button began is under way. */
  busy?: boolean;
  /** Stays pressed, for toggles. */
  pressed?: boolean;
  ref?: Ref<HTMLButtonElement>;
};

/** A button with words. Never truly disabled, so that the reason can be reached by keyboard. */
export function Button({ children, title, ...rest }: Base & { children: ReactNode; title?: string }) {
  return (
    <Tooltip text={rest.reason ?? title} keys={rest.reason ? undefined : title ? rest.keys : undefined}>
      {plain(rest, children)}
    </Tooltip>
  );
}

/** A button of one icon; `label` is its name for all readers. */
export function IconButton({ label, ...rest }: Base & { label: string; icon: LucideIcon }) {
  const text = rest.reason ? `${label}\n${rest.reason}` : label;
  return (
    <Tooltip text={text} keys={rest.reason ? undefined : rest.keys}>
      {plain({ variant: 'ghost', ...rest, 'aria-label': label }, null)}
    </Tooltip>
  );
}

function plain(props: Base, children: ReactNode) {
  const { variant = 'default', size = 'md', icon: Icon, reason, keys: _keys, busy, pressed, onClick, ...rest } = props;
  const off = Boolean(reason);
  const click = (event: MouseEvent<HTMLButtonElement>) => {
    if (off) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button
      type="button"
      {...rest}
      className={`button ${rest.className ?? ''}`}
      data-variant={variant}
      data-size={size}
      data-icon-only={children === null ? 'true' : undefined}
      data-pressed={pressed ? 'true' : undefined}
      aria-pressed={pressed}
      aria-disabled={off || undefined}
      aria-busy={busy || undefined}
      onClick={click}
    >
      {busy ? <span className="spinner" /> : Icon ? <Icon size={size === 'sm' ? 14 : 15} aria-hidden /> : null}
      {children}
    </button>
  );
}
