import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

/** One tab; the content of the active one alone is mounted, unless `keep`. */
export type Tab = { id: string; label: string; badge?: ReactNode; content: ReactNode; keep?: boolean };

/** Radix gives a clicked tab the focus by itself, which browsers take for the keyboard's doing: they would draw its ring. */
const byPointer = 'data-by-pointer';

/** Tabs with their panels; arrows move between them. */
export function Tabs(props: {
  label: string;
  value: string;
  onChange: (id: string) => void;
  /** A tab was clicked, or taken by Enter; the arrows only pass over it. */
  onPick?: (id: string) => void;
  tabs: Tab[];
  className?: string;
}) {
  return (
    <Radix.Root className={props.className ?? 'tabs-root'} value={props.value} onValueChange={props.onChange}>
      <Radix.List className="tabs" aria-label={props.label}>
        {props.tabs.map((tab) => (
          <Radix.Trigger
            key={tab.id}
            className="tab"
            value={tab.id}
            onClick={() => props.onPick?.(tab.id)}
            onPointerDown={({ currentTarget }) => currentTarget.setAttribute(byPointer, '')}
            onKeyDown={({ currentTarget }) => currentTarget.removeAttribute(byPointer)}
            onBlur={({ currentTarget }) => currentTarget.removeAttribute(byPointer)}
          >
            {tab.label}
            {tab.badge}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {props.tabs.map((tab) => (
        <Radix.Content
          key={tab.id}
          className="tab-panel"
          value={tab.id}
          tabIndex={-1}
          forceMount={tab.keep ? true : undefined}
          hidden={tab.keep ? tab.id !== props.value : undefined}
        >
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
