import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DriverEvent } from '../../driver.ts';
import { homeLabel } from '../engine/engine.ts';
import { readLines } from '../engine/lines.ts';
import type { DockerEnvironment } from '../environment.ts';
import { observed } from '../lifecycle/frozen.ts';
import { endOf } from '../observe.ts';
import { type End, openEnds } from './ends.ts';
import { type Looks, openLooks } from './looks.ts';
import { type Message, readMessage } from './message.ts';
import { lookIntoGap } from './past.ts';
import { openPosition, type Position } from './position.ts';
import type { Gap } from './runs.ts';

/** First and longest wait before the events are asked for again, milliseconds. */
const firstRetryMs = 250;
const longestRetryMs = 5_000;

/** Things that happen often and change nothing that is shown. */
const noise = /^(exec_|top|archive-path|extract-to-dir|resize|attach|export)/;

/** The stream from where the last one broke. */
async function connect({ engine }: DockerEnvironment, position: Position): Promise<Readable> {
  if (position.since() === null) {
    // The engine's own clock tells where to go on from when it breaks before the first event.
    const info = await engine.ask('Asking the engine for its time', () => engine.docker.info() as Promise<unknown>);
    position.begin((info as { SystemTime?: string }).SystemTime);
  }
  const since = position.since();
  const filters: { type: ['container'] } = { type: ['container'] };
  return (await engine.ask<NodeJS.ReadableStream>('Listening to the engine', () =>
    // The type wants a number, which has not the digits.
    engine.docker.getEvents({ filters, ...(since === null ? {} : { since: since as unknown as number }) }),
  )) as Readable;
}

/**
 * The engine's events, for ever. After a loss it connects again where it broke, so that what happened in between is told too, and
 * asks for a full look, since an engine that was restarted has forgotten.
 */
export async function* dockerEvents(environment: DockerEnvironment, signal: AbortSignal): AsyncIterable<DriverEvent> {
  const { engine, records, home, runs } = environment;
  const position = openPosition();
  const ends = openEnds(runs.shown);
  const gaps = new Map<string, Gap>();
  let looking: Looks<DriverEvent[]> | null = null;
  const take = (message: Message, looks: Looks<DriverEvent[]>, owners: ReadonlyMap<string, string>): void => {
    const { action, containerId } = message;
    if (noise.test(action)) return;
    const id = owners.get(containerId);
    if (id === undefined) {
      // One of ours that is in no record is being made, or is the old one of a replacement.
      if (message.attributes[homeLabel] !== home) looks.tell([{ type: 'foreign' }]);
      return;
    }
    ends.take(message);
    if (action !== 'destroy') {
      looks.look(containerId);
    } else if (records.read(id)?.intent === null) {
      const reason = 'the container was removed by somebody else';
      looks.tell([{ type: 'observed', id, observation: { phase: 'lost', reason } }]);
    }
  };
  const unwatch = runs.onGap((containerId, gap) => {
    // What the stream told already is no gap, nor what is being looked into.
    if (gaps.has(containerId) || ends.knows(containerId, gap.endedNs ?? gap.sinceNs)) return;
    gaps.set(containerId, gap);
    looking?.look(containerId);
  });
  const lookInto = async (containerId: string, gap: Gap): Promise<void> => {
    try {
      const found = await lookIntoGap(engine, containerId, gap);
      // The end that was seen already may still be on its way through the stream.
      ends.add(containerId, found.ends, found.sinceNs);
    } catch (error) {
      runs.again(containerId, gap);
      throw error;
    } finally {
      gaps.delete(containerId);
    }
  };
  let wait = firstRetryMs;
  let away = false;
  try {
    while (!signal.aborted) {
      let connected = false;
      try {
        const opened = await connect(environment, position);
        connected = true;
        away = false;
        wait = firstRetryMs;
        yield { type: 'resync' };
        const owners = await records.byContainer();
        const looks = openLooks<DriverEvent[]>(async (containerId) => {
          const id = owners.get(containerId);
          if (id === undefined) return null;
          const info = await engine
            .ask('Looking at the container', () => engine.docker.getContainer(containerId).inspect())
            .catch(() => null);
          const record = records.read(id);
          if (info === null || record === null) return null;
          runs.see(containerId, info.State);
          const gap = gaps.get(containerId);
          if (gap !== undefined) await lookInto(containerId, gap);
          return [
            ...ends.hidden(containerId, info.State).map((end) => endedEvent(id, end, engine.endpoint.socketPath)),
            { type: 'observed', id, observation: await observed(environment, record, info) },
          ];
        });
        // Looks that the loss of the connection failed.
        looking = looks;
        for (const containerId of [...ends.open(), ...gaps.keys()]) looks.look(containerId);
        const reading = (async () => {
          try {
            for await (const line of readLines(opened, signal)) {
              const message = readMessage(line);
              if (position.take(line, message.atNs)) take(message, looks, owners);
            }
          } finally {
            looking = null;
            looks.end();
          }
        })();
        // It is awaited below; a failure before that must not end the program.
        reading.catch(() => undefined);
        try {
          for await (const told of looks.values()) yield* told;
        } finally {
          // A reader that leaves early ends the stream.
          opened.destroy();
        }
        await reading;
      } catch {
        // The engine is away: what was seen of its containers is not known any more. We only try again.
        if (!connected && !away) yield { type: 'resync' };
        away = !connected;
      }
      if (signal.aborted) return;
      await sleep(wait, undefined, { signal }).catch(() => undefined);
      wait = Math.min(wait * 2, longestRetryMs);
    }
  } finally {
    unwatch();
  }
}

/** `socketPath`: an engine on this machine, whose clock is ours. */
function endedEvent(id: string, end: End, socketPath: string | undefined): DriverEvent {
  const atMs = Number(end.atNs / 1_000_000n);
  return { type: 'ended', id, ...endOf(end), ...(socketPath === undefined ? {} : { atMs }) };
}
