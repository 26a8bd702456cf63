import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

const icons = { info: Info, ok: CircleCheck, warn: TriangleAlert, bad: CircleAlert } as const;

/** A note in place: what is the case, and the buttons that help as `actions`. */
export function Note(props: { tone?: keyof typeof icons; children: ReactNode; actions?: ReactNode; role?: string }) {
  const tone = props.tone ?? 'info';
  const Icon = icons[tone];
  return (
    <div className="note" data-tone={tone} role={props.role}>
      <Icon size={16} aria-hidden />
      <div className="grow">{props.children}</div>
      {props.actions ? <div className="row">{props.actions}</div> : null}
    </div>
  );
}
