import type { ReactNode } from 'react';
import { useRoute, useWindow } from '../client/window-context.ts';
import type { Route } from '../store/route.ts';

/** One way of the sidebar; marked when the window is there. */
export function SideLink(props: {
  to: Route;
  icon: ReactNode;
  label: string;
  count?: number | undefined;
  tone?: 'bad' | undefined;
}) {
  const { route } = useWindow();
  const here = useRoute();
  const { to } = props;
  const current = here.page === 'list' ? to.page === 'list' && to.view === here.view : to.page === here.page;
  return (
    <button
      type="button"
      className="side-link"
      title={props.label}
      aria-current={current ? 'page' : undefined}
      onClick={() => route.go(to)}
    >
      {props.icon}
      <span className="truncate">{props.label}</span>
      {props.count ? (
        <span className="num" data-tone={props.tone}>
          {props.count}
        </span>
      ) : null}
    </button>
  );
}
