import type { Driver } from '../../drivers/driver.ts';
import { MiB } from '../../drivers/spec.ts';
import type { ForeignView } from '../bridge/contract.ts';
import type { HostContext } from './context.ts';
import { hostInfo } from './handlers/host.ts';
import { adopt } from './workloads/create.ts';
import { refreshForeign } from './workloads/foreign.ts';
import { refreshSnapshots, treeView } from './workloads/observe.ts';
import type { Reconciler } from './workloads/reconcile.ts';
import { recover } from './workloads/recover.ts';
import type { WorkloadRecord } from './workloads/registry.ts';
import { sweepTrash } from './workloads/remove.ts';
import { resync, watchDrivers } from './workloads/watch-drivers.ts';

/** What runs for the life of a host. */
export type Running = {
  /** Resolves when all workloads have been looked for once. Never rejects. */
  recovered: Promise<void>;
  /** Ends the timers. */
  close(): void;
};

/** The inventory is tried this often while it can't be written, and the memory figures are renewed, milliseconds. */
const aliveEveryMs = 5000;
/** A smaller change of the free memory is not worth a message, bytes. */
const freeStepBytes = 64 * MiB;
/** A timer that is off by more means that the machine slept or its clock was set, milliseconds. */
const clockJumpMs = 30_000;
/** The trash is swept this often, milliseconds. */
const sweepEveryMs = 60_000;
/** A backup of the inventory is at most this old when the host closes, milliseconds. */
export const backupEveryMs = 30 * 60_000;
/** The first backup of a run comes after the start has settled, milliseconds. */
const firstBackupMs = 60_000;

/** Loads the workloads, looks for them in parallel and begins what runs on. Returns at once. */
export function begin(
  host: HostContext,
  options: { reconciler: Reconciler; rebooted: boolean; begun: Promise<unknown>; seen(): void },
): Running {
  const { registry, inventory } = host;
  for (const [workloadId, tree] of inventory.snapshots.trees(host.hostId)) {
    host.state.apply({ collection: 'snapshots', key: workloadId, value: treeView(workloadId, tree) });
  }
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const all = inventory.workloads.list(host.hostId).map(async (row) => {
    const record: WorkloadRecord = registry.adopt(
      row,
      {
        phase: row.intent?.kind === 'create' ? 'creating' : 'unknown',
        reason: 'Is looked for after the start of NovaCron.',
      },
      opened.then(() => found),
    );
    const found = opened.then(() => recover(host, record, () => afterRecovery(host, record, options)));
    await found;
  });
  const recovered = Promise.all([opened, ...all]).then(() => leftovers(host));
  // Window first: the caller goes on before the first engine is asked.
  const openLater = async (): Promise<void> => {
    await options.begun;
    // Listened to before the first look: an event before it would be lost.
    watchDrivers(host);
    setImmediate(open);
  };
  void openLater();

  let shownFree = 0;
  let lookedAtMs = Date.now();
  const timers = [
    setInterval(() => {
      if (inventory.readOnly() !== null) {
        options.seen();
        registry.flush();
      }
      const info = hostInfo(host);
      if (Math.abs(info.freeMemoryBytes - shownFree) > freeStepBytes) {
        shownFree = info.freeMemoryBytes;
        host.state.apply({ collection: 'host', key: '', value: info });
      }
      const nowMs = Date.now();
      if (Math.abs(nowMs - lookedAtMs - aliveEveryMs) > clockJumpMs) {
        afterSleep(host);
      }
      lookedAtMs = nowMs;
    }, aliveEveryMs),
    setInterval(() => sweepTrash(host, Date.now()), sweepEveryMs),
    setInterval(() => backup(host), backupEveryMs),
    setTimeout(() => backup(host), firstBackupMs),
  ];
  for (const timer of timers) {
    timer.unref();
  }
  return {
    recovered,
    close: () => timers.forEach((timer) => clearInterval(timer)),
  };
}

function afterRecovery(
  host: HostContext,
  record: WorkloadRecord,
  options: { reconciler: Reconciler; rebooted: boolean },
): void {
  if (host.signal.aborted || host.registry.get(record.id) !== record || !record.recovered) {
    return;
  }
  options.reconciler.recovered(record, options.rebooted);
  if (host.registry.driver(record).snapshots && record.row.handle !== null) {
    refreshSnapshots(host, record).catch((error: unknown) => {
      host.logger.info({ err: error, workload: record.id }, 'the snapshots could not be read');
    });
  }
}

/**
 * Looks for engine objects that no row names. Where the inventory was lost, those that are ours come back by
 * themselves; an engine that does not answer now is asked again when it is well.
 */
async function leftovers(host: HostContext): Promise<void> {
  sweepTrash(host, Date.now());
  const { rebuilt, missing } = host.inventory;
  if (rebuilt) {
    const text =
      rebuilt.aside === null
        ? 'The inventory was gone and taken from its backup.'
        : `The inventory was damaged and rebuilt. The damaged file is ${rebuilt.aside}.`;
    host.events.add({ level: 'warning', kind: 'inventory-rebuilt', message: text });
  }
  const lost = rebuilt !== null || missing;
  await Promise.all(
    host.drivers.all.map(async (driver) => {
      const found = await refreshForeign(host, driver);
      if (!lost) return;
      if (found !== null) {
        await takeBack(host, driver, found);
        return;
      }
      const forget = host.drivers.onHealth((changed, probe) => {
        if (changed !== driver || probe.health !== 'healthy') return;
        forget();
        void refreshForeign(host, driver).then((later) => takeBack(host, driver, later ?? []));
      });
    }),
  );
}

/** Adopts what is ours under its own id. Never throws. */
async function takeBack(host: HostContext, driver: Driver, found: readonly ForeignView[]): Promise<void> {
  const ours = found.filter((each) => each.ours);
  for (const foreign of ours) {
    if (host.signal.aborted) return;
    try {
      const record = await adopt(host, foreign, foreign.engineId);
      host.events.add({
        workloadId: record.id,
        level: 'warning',
        kind: 'taken-back',
        message: `${record.row.spec.name} was not in the inventory and is ours: it was taken back.`,
      });
      if (driver.snapshots) await refreshSnapshots(host, record);
    } catch (error) {
      host.logger.warn({ err: error, foreign: foreign.engineId }, 'a left-over could not be adopted');
    }
  }
  if (ours.length > 0) await refreshForeign(host, driver);
}

/** Events were lost meanwhile: everything is asked for again. Nothing is taken for crashed because of the gap. */
function afterSleep(host: HostContext): void {
  host.logger.info('the clock jumped; all is looked at again');
  void host.drivers.probeAgain();
  for (const driver of host.drivers.all) {
    void resync(host, driver);
  }
}

function backup(host: HostContext): void {
  host.inventory.backup().catch((error: unknown) => {
    host.logger.warn({ err: error }, 'the inventory could not be backed up');
  });
}
