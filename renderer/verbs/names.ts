import { maxNameLength } from '../../electron/bridge/contract.ts';

/** A name that nobody has: the wish itself, or with the first free number from 2. */
export function freeName(wish: string, taken: ReadonlySet<string>): string {
  const base = wish.slice(0, maxNameLength);
  if (!taken.has(base)) return base;
  for (let number = 2; ; number++) {
    const tail = `-${number}`;
    const name = base.slice(0, maxNameLength - tail.length) + tail;
    if (!taken.has(name)) return name;
  }
}

/** A snapshot's standard name: a word and the moment, without the slashes that names may not have. */
export function stampName(word: string, at: Date, language: string): string {
  const stamp = new Intl.DateTimeFormat(language, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  }).format(at);
  return `${word} ${stamp}`.replaceAll('/', '.').slice(0, maxNameLength).trim();
}
