import type { HostEvent } from '../../../../electron/bridge/contract.ts';

/** Events that stand so near to each other that they are drawn as one, from 0 at the left edge to 1 at the right. */
export type Mark = { share: number; level: HostEvent['level']; events: HostEvent[] };

const levels = ['info', 'warning', 'error'] as const;

/** The events of a span as marks; those nearer than `apart` to the one before join it, at its place. Pure. */
export function groupMarks(events: readonly HostEvent[], fromMs: number, toMs: number, apart: number): Mark[] {
  const marks: Mark[] = [];
  const inside = events.filter((event) => event.atMs >= fromMs && event.atMs <= toMs);
  for (const event of inside.sort((left, right) => left.atMs - right.atMs)) {
    const share = (event.atMs - fromMs) / (toMs - fromMs);
    const last = marks.at(-1);
    if (last === undefined || share - last.share >= apart) marks.push({ share, level: event.level, events: [event] });
    else {
      last.events.push(event);
      if (levels.indexOf(event.level) > levels.indexOf(last.level)) last.level = event.level;
    }
  }
  return marks;
}
