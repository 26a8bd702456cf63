import { Check, type LucideIcon } from 'lucide-react';
import { ContextMenu, DropdownMenu } from 'radix-ui';
import type { ReactElement } from 'react';
import { Kbd } from './kbd.tsx';

/** One line of a menu, or a line between groups. */
export type MenuItem =
  | {
      id: string;
      label: string;
      icon?: LucideIcon;
      keys?: string;
      /** Why it can't be used now; shown under the label. */
      reason?: string | null;
      danger?: boolean;
      checked?: boolean;
      onSelect: () => void;
    }
  | 'line';

/** The reason of the item before, which is seen to hold for the next one too: it is only read out again. */
function reasonBefore(items: readonly MenuItem[], index: number): string | null | undefined {
  const before = items.slice(0, index).findLast((item) => item !== 'line');
  return before?.reason;
}

type Kit = typeof DropdownMenu | typeof ContextMenu;

function Items({ kit, items }: { kit: Kit; items: MenuItem[] }) {
  return items.map((item, index) => {
    // The lines have no identity but their place.
    if (item === 'line') return <kit.Separator key={`line-${String(index)}`} className="menu-line" />;
    const Icon = item.icon;
    return (
      <kit.Item
        key={item.id}
        className="menu-item"
        data-danger={item.danger ? 'true' : undefined}
        data-off={item.reason ? 'true' : undefined}
        aria-disabled={item.reason ? true : undefined}
        {...(item.checked === undefined ? {} : { role: 'menuitemradio', 'aria-checked': item.checked })}
        onSelect={(event) => {
          if (item.reason) event.preventDefault();
          else item.onSelect();
        }}
      >
        {item.checked === undefined ? null : (
          <Check size={15} aria-hidden visibility={item.checked ? 'visible' : 'hidden'} />
        )}
        {Icon ? <Icon size={15} aria-hidden /> : null}
        <span>
          {item.label}
          {item.reason ? (
            <small className={item.reason === reasonBefore(items, index) ? 'sr-only' : undefined}>{item.reason}</small>
          ) : null}
        </span>
        {item.keys ? <Kbd keys={item.keys} /> : null}
      </kit.Item>
    );
  });
}

/** A menu that drops from its trigger. */
export function Menu(props: { trigger: ReactElement; items: MenuItem[]; align?: 'start' | 'end' }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{props.trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align={props.align ?? 'end'} sideOffset={4} collisionPadding={8}>
          <Items kit={DropdownMenu} items={props.items} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** The lines of a right-click menu. */
export function RightClickItems({ items }: { items: MenuItem[] }) {
  return <Items kit={ContextMenu} items={items} />;
}

/** A menu on the right mouse button of its child. `content` is drawn only while it is open. */
export function RightClickMenu(props: { children: ReactElement; content: ReactElement | null }) {
  return (
    <ContextMenu.Root modal={false}>
      <ContextMenu.Trigger asChild>{props.children}</ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Content className="menu" collisionPadding={8}>
          {props.content}
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}
