import type { Link } from './link.ts';

/** Joins two links: what comes on one goes out on the other, and the end of one ends both. */
export function relay(one: Link, other: Link): void {
  one.onMessage((message) => other.send(message));
  other.onMessage((message) => one.send(message));
  one.onClose(() => other.close());
  other.onClose(() => one.close());
}
