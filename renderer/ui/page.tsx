import type { ReactNode } from 'react';

/** The frame of a page beside the list: title, one line about it, its actions, and the content. */
export function Page(props: { title: string; text?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <div className="page">
      <div className="page-inner">
        <header className="page-head">
          <div className="grow">
            <h1>{props.title}</h1>
            {props.text ? <p>{props.text}</p> : null}
          </div>
          {props.actions}
        </header>
        {props.children}
      </div>
    </div>
  );
}
