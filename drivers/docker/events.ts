import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DriverEvent } from '../driver.ts';
import { homeLabel } from './engine/engine.ts';
import { readLines } from './engine/lines.ts';
import type { DockerEnvironment } from './environment.ts';
import { type Looks, openLooks } from './looks.ts';
import { observe } from './observe.ts';

/** First and longest wait before the events are asked for again, milliseconds. */
const firstRetryMs = 250;
const longestRetryMs = 5_000;

type Message = { Type?: string; Action?: string; Actor?: { ID?: string; Attributes?: Record<string, string> } };

/** Things that happen often and change nothing that is shown. */
const noise = /^(exec_|top|archive-path|extract-to-dir|resize|attach|export)/;

/**
 * The engine's events, for ever: connects again after a loss, and asks for a full look after each connection, since
 * what happened in between is not told.
 */
export async function* dockerEvents(environment: DockerEnvironment, signal: AbortSignal): AsyncIterable<DriverEvent> {
  const { engine, records, home } = environment;
  const take = (message: Message, looks: Looks<DriverEvent>, owners: ReadonlyMap<string, string>): void => {
    const action = message.Action ?? '';
    if (noise.test(action)) return;
    const containerId = message.Actor?.ID ?? '';
    const id = owners.get(containerId);
    if (id === undefined) {
      // One of ours that is in no record is being made, or is the old one of a replacement.
      if (message.Actor?.Attributes?.[homeLabel] !== home) looks.tell({ type: 'foreign' });
    } else if (action !== 'destroy') {
      looks.look(containerId);
    } else if (records.read(id)?.intent === null) {
      const reason = 'the container was removed by somebody else';
      looks.tell({ type: 'observed', id, observation: { phase: 'lost', reason } });
    }
  };
  let wait = firstRetryMs;
  while (!signal.aborted) {
    try {
      const opened = await engine.ask<NodeJS.ReadableStream>('Listening to the engine', () =>
        engine.docker.getEvents({ filters: { type: ['container'] } }),
      );
      wait = firstRetryMs;
      yield { type: 'resync' };
      const owners = await records.byContainer();
      const looks = openLooks<DriverEvent>(async (containerId) => {
        const id = owners.get(containerId);
        if (id === undefined) return null;
        const info = await engine
          .ask('Looking at the container', () => engine.docker.getContainer(containerId).inspect())
          .catch(() => null);
        const record = records.read(id);
        if (info === null || record === null) return null;
        return { type: 'observed', id, observation: observe(info, record.stopAsked) };
      });
      const reading = (async () => {
        try {
          for await (const line of readLines(opened as Readable, signal))
            take(JSON.parse(line) as Message, looks, owners);
        } finally {
          looks.end();
        }
      })();
      // It is awaited below; a failure before that must not end the program.
      reading.catch(() => undefined);
      try {
        yield* looks.values();
      } finally {
        // A reader that leaves early ends the stream.
        (opened as Readable).destroy();
      }
      await reading;
    } catch {
      // The engine is away; the probe tells so. We only try again.
    }
    if (signal.aborted) return;
    await sleep(wait, undefined, { signal }).catch(() => undefined);
    wait = Math.min(wait * 2, longestRetryMs);
  }
}
