import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

/** What stands where nothing is: why, and the next step as `children`. */
export function EmptyState(props: { icon: LucideIcon; title: string; text?: ReactNode; children?: ReactNode }) {
  return (
    <div className="empty">
      <props.icon size={28} strokeWidth={1.5} aria-hidden />
      <h2>{props.title}</h2>
      {props.text ? <p>{props.text}</p> : null}
      {props.children ? <div className="row">{props.children}</div> : null}
    </div>
  );
}
