import { Component, type ReactNode } from 'react';
import { PageFailure } from './page-failure.tsx';

/** Keeps a fault of one page to that page: the rest of the window stays, and the page can be tried again. */
export class PageGuard extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  /** React's way to tell of what a child threw. */
  static getDerivedStateFromError(thrown: unknown): { error: Error } {
    return { error: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return <PageFailure error={error} onAgain={() => this.setState({ error: null })} />;
  }
}
