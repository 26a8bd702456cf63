import type { Readable } from 'node:stream';
import type { Engine } from '../engine/engine.ts';
import { readLines } from '../engine/lines.ts';
import { type End, endsIn } from './ends.ts';
import { type Message, readMessage } from './message.ts';
import { secondsOf } from './position.ts';
import type { Gap } from './runs.ts';

/** What is found of a gap. */
export type Found = { ends: End[] /** All that ended before is of no run within. */; sinceNs: bigint };

/** How runs ended within a gap, by the events that the engine still has of it, in order. Pure. */
export function endsOf(gap: Gap, messages: readonly Message[]): Found {
  const { before, endedNs } = gap;
  // The end that was seen may have its event within; the runs that nobody saw began after it.
  const start = messages.findIndex((message) => message.action === 'start');
  const since = before.over ? messages[start] : undefined;
  const sinceNs = since?.atNs ?? gap.sinceNs;
  const ends = endsIn(before.over ? messages.slice(start < 0 ? messages.length : start) : messages);
  // An engine that was restarted meanwhile has forgotten its events: the time of the last end is all that is left.
  return endedNs === null || ends.some((end) => end.atNs >= endedNs)
    ? { ends, sinceNs }
    : { ends: [...ends, { atNs: endedNs, exitCode: null, asked: false, outOfMemory: false }], sinceNs };
}

/** Asks the engine for the events of a gap. */
export async function lookIntoGap(engine: Engine, containerId: string, gap: Gap): Promise<Found> {
  return engine.ask('Asking the engine for past events', async () => {
    const stream = await engine.docker.getEvents({
      // The types want numbers, which have not the digits. With an end in the past it is a list.
      since: secondsOf(gap.sinceNs) as unknown as number,
      until: secondsOf(gap.untilNs) as unknown as number,
      filters: { type: ['container'], container: [containerId], event: ['start', 'kill', 'oom', 'die'] },
    });
    const messages: Message[] = [];
    for await (const line of readLines(stream as Readable, AbortSignal.timeout(engine.limits.requestMs))) {
      messages.push(readMessage(line));
    }
    return endsOf(gap, messages);
  });
}
