import { maxNameLength } from '../../spec.ts';

/** The name of the way back from a restore: after its target, with the first free number from 2 where that is taken. Pure. */
export function pointName(target: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const tail = number === 1 ? '”' : `” ${number}`;
    const name = `Before “${target}`.slice(0, maxNameLength - tail.length).trimEnd() + tail;
    if (!taken.has(name)) return name;
  }
}
