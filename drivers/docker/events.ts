import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DriverEvent } from '../driver.ts';
import { homeLabel, idLabel } from './engine/engine.ts';
import { readLines } from './engine/lines.ts';
import type { DockerEnvironment } from './environment.ts';
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
  let wait = firstRetryMs;
  while (!signal.aborted) {
    try {
      const opened = await engine.ask<NodeJS.ReadableStream>('Listening to the engine', () =>
        engine.docker.getEvents({ filters: { type: ['container'] } }),
      );
      wait = firstRetryMs;
      yield { type: 'resync' };
      for await (const line of readLines(opened as Readable, signal)) {
        const message = JSON.parse(line) as Message;
        const action = message.Action ?? '';
        if (noise.test(action)) continue;
        const attributes = message.Actor?.Attributes ?? {};
        const containerId = message.Actor?.ID ?? '';
        const labelled = attributes[homeLabel] === home ? attributes[idLabel] : undefined;
        const id = labelled ?? records.ids().find((one) => records.read(one)?.containerId === containerId);
        const record = id === undefined ? null : records.read(id);
        if (id === undefined || record === null || record.containerId !== containerId) {
          if (labelled === undefined) yield { type: 'foreign' };
          continue;
        }
        if (action === 'destroy') {
          if (record.intent === null) {
            yield {
              type: 'observed',
              id,
              observation: { phase: 'lost', reason: 'the container was removed by somebody else' },
            };
          }
          continue;
        }
        const info = await engine
          .ask('Looking at the container', () => engine.docker.getContainer(containerId).inspect())
          .catch(() => null);
        if (info !== null) yield { type: 'observed', id, observation: observe(info, record.stopAsked) };
      }
    } catch {
      // The engine is away; the probe tells so. We only try again.
    }
    if (signal.aborted) return;
    await sleep(wait, undefined, { signal }).catch(() => undefined);
    wait = Math.min(wait * 2, longestRetryMs);
  }
}
