import type { Driver, DriverEvent } from '../../../drivers/driver.ts';
import { assertNever } from '../../../drivers/errors.ts';
import type { HostContext } from '../context.ts';
import { pause } from '../time.ts';
import { refreshForeign } from './foreign.ts';
import { refresh, refreshSnapshots } from './observe.ts';
import type { WorkloadRecord } from './registry.ts';

/** Waits between attempts to listen to a driver whose event stream ended, milliseconds. */
const firstWaitMs = 1000;
const lastWaitMs = 30_000;

/** How many of a workload's last events are looked through for one that was told already. */
const toldLooks = 50;

/** Listens to all drivers until the host closes. After each gap the truth is asked for. */
export function watchDrivers(host: HostContext): void {
  for (const driver of host.drivers.all) {
    void listen(host, driver);
  }
  host.drivers.onHealth((driver, probe) => {
    if (probe.health === 'healthy') {
      void refreshForeign(host, driver);
      void resync(host, driver);
    }
  });
}

async function listen(host: HostContext, driver: Driver): Promise<void> {
  let waitMs = firstWaitMs;
  while (!host.signal.aborted) {
    try {
      for await (const event of driver.events(host.signal)) {
        waitMs = firstWaitMs;
        handle(host, driver, event);
      }
    } catch (error) {
      host.logger.warn({ err: error, driver: driver.name }, 'the events of a driver ended');
    }
    await pause(waitMs, host.signal);
    waitMs = Math.min(waitMs * 2, lastWaitMs);
    if (!host.signal.aborted) {
      void resync(host, driver);
    }
  }
}

function handle(host: HostContext, driver: Driver, event: DriverEvent): void {
  switch (event.type) {
    case 'observed': {
      const record = host.registry.get(event.id);
      if (record && record.row.intent?.kind !== 'create') {
        host.registry.observe(record, event.observation);
      }
      return;
    }
    case 'ended': {
      const record = host.registry.get(event.id);
      if (record && record.row.intent?.kind !== 'create') {
        noteHiddenEnd(host, record, event);
      }
      return;
    }
    case 'snapshots': {
      const record = host.registry.get(event.id);
      if (record && record.row.handle !== null) {
        refreshSnapshots(host, record).catch((error: unknown) => {
          host.logger.warn({ err: error, workload: event.id }, 'the snapshots could not be read');
        });
      }
      return;
    }
    case 'foreign':
      void refreshForeign(host, driver);
      return;
    case 'resync':
      void resync(host, driver);
      return;
    case 'notice':
      host.events.add({ workloadId: event.id, level: event.level, kind: 'notice', message: event.message });
      return;
    default:
      assertNever(event);
  }
}

/** The history tells of a run whose end nobody saw as a state. It is for no restart policy: the next run has begun. */
function noteHiddenEnd(host: HostContext, record: WorkloadRecord, end: Extract<DriverEvent, { type: 'ended' }>): void {
  const crashed = end.phase === 'crashed';
  // An end that is part of an operation of ours is told by that.
  if (!crashed && record.verbs.length > 0) return;
  const message = `${record.row.spec.name} ${crashed ? 'crashed' : 'ended'}: ${end.reason}. It was started again.`;
  // A host that was killed before it had stored what it saw last is told the same once more.
  const told = host.inventory.events
    .list(host.hostId, { workloadId: record.id, limit: toldLooks })
    .some((event) => event.atMs === end.atMs && event.message === message);
  if (told) return;
  host.events.add({
    workloadId: record.id,
    level: crashed ? 'error' : 'info',
    kind: crashed ? 'crashed' : 'ended',
    message,
    ...(end.atMs === undefined ? {} : { atMs: end.atMs }),
  });
}

/** Asks about every recovered workload of a driver, all at once: one that hangs delays no other. */
export async function resync(host: HostContext, driver: Driver): Promise<void> {
  const own = (record: WorkloadRecord) => record.row.spec.driver === driver.name && record.recovered;
  await Promise.all(
    host.registry
      .all()
      .filter(own)
      .map((record) => refresh(host, record)),
  );
}
