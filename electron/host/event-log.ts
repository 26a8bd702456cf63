import type { HostEvent } from '../bridge/contract.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { type Broadcast, createBroadcast } from './broadcast.ts';
import type { Logger } from './logger.ts';

/** What happened on this host, stored and sent to whoever listens. */
export type EventLog = {
  /** Never throws: an event that can't be stored is still sent and logged. */
  add(event: {
    workloadId?: string | null;
    level?: HostEvent['level'];
    kind: string;
    message: string;
    /** When it happened, milliseconds since the epoch; now where absent. */
    atMs?: number;
  }): void;
  /** Events from now on. */
  subscribe: Broadcast<HostEvent>['subscribe'];
};

/** Stored events beyond this number fall out, oldest first. */
const keptEvents = 10_000;
/** How often the bound is looked at, in events. */
const pruneEvery = 500;

/** The event log of one host. */
export function createEventLog(inventory: Inventory, hostId: string, logger: Logger): EventLog {
  const broadcast = createBroadcast<HostEvent>(1000);
  let lastId = inventory.events.list(hostId, { limit: 1 })[0]?.id ?? 0;
  let added = 0;
  return {
    add(event) {
      const row = {
        atMs: Math.min(event.atMs ?? Date.now(), Date.now()),
        workloadId: event.workloadId ?? null,
        level: event.level ?? ('info' as const),
        kind: event.kind,
        message: event.message,
      };
      logger[row.level === 'warning' ? 'warn' : row.level]({ workload: row.workloadId, kind: row.kind }, row.message);
      let stored: HostEvent;
      try {
        stored = inventory.events.add(hostId, row);
        added += 1;
        if (added % pruneEvery === 0) {
          inventory.events.prune(hostId, keptEvents);
        }
      } catch (error) {
        logger.warn({ err: error }, 'an event could not be stored');
        stored = { id: lastId + 1, ...row };
      }
      lastId = stored.id;
      broadcast.send(stored);
    },
    subscribe: (signal) => broadcast.subscribe(signal),
  };
}
