import { join } from 'node:path';
import type { Driver } from '../../drivers/driver.ts';
import type { Handlers } from '../bridge/handlers.ts';
import { openInventory } from '../inventory/inventory.ts';
import { lockDataDirectory } from '../inventory/lock.ts';
import { bootId } from './boot-id.ts';
import type { Catalogue } from './catalogue/catalogue.ts';
import type { HostContext } from './context.ts';
import { type Directories, makeDirectories } from './directories.ts';
import { createDoctor } from './doctor/doctor.ts';
import { createDriverHub } from './drivers/driver-hub.ts';
import { createEventLog } from './event-log.ts';
import { activityHandlers } from './handlers/activity.ts';
import { clusterHandlers } from './handlers/clusters.ts';
import { consoleHandlers } from './handlers/consoles.ts';
import { driverHandlers } from './handlers/drivers.ts';
import { fileHandlers } from './handlers/files.ts';
import { groupHandlers } from './handlers/groups.ts';
import { hostHandlers, hostInfo } from './handlers/host.ts';
import { imageHandlers } from './handlers/images.ts';
import { snapshotHandlers } from './handlers/snapshots.ts';
import { storeHandlers } from './handlers/stores.ts';
import { workloadHandlers } from './handlers/workloads.ts';
import { createJobs } from './jobs/jobs.ts';
import { openLogger } from './logger.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createSettings, readSettings } from './settings.ts';
import { backupEveryMs, begin } from './start-up.ts';
import { createStateStore } from './state/state-store.ts';
import { createReconciler } from './workloads/reconcile.ts';
import { createRegistry } from './workloads/registry.ts';

/** What a host is made of. It takes the drivers over and closes them. */
export type HostOptions = {
  directories: Directories;
  drivers: readonly Driver[];
  catalogue?: Catalogue;
  version: string;
  /** Engines are asked and workloads looked for behind it, so that whoever serves the host listens first. At once where absent. */
  afterwards?: Promise<unknown>;
};

/** The open core of NovaCron. */
export type Host = {
  /** One function for each method of the bridge. */
  handlers: Handlers;
  directories: Directories;
  /** Resolves when all workloads have been looked for once. Operations wait for their own workload by themselves. */
  recovered: Promise<void>;
  /** Marks running jobs interrupted, frees everything; workloads go on. Idempotent. */
  close(): Promise<void>;
};

/** Names this machine in the inventory. */
const localHostId = 'local';
/** What runs at a close may undo itself for this long, milliseconds. */
const closeLimitMs = 5000;

/**
 * Opens the host of a data directory; workloads are looked for afterwards. Throws `conflict` when another host serves
 * it or its inventory is of a newer NovaCron, `permission_denied`.
 */
export async function openHost(options: HostOptions): Promise<Host> {
  const { directories } = options;
  makeDirectories(directories);
  const lock = lockDataDirectory(directories.data);
  try {
    return open(options, () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

function open(options: HostOptions, release: () => void): Host {
  const { directories, version } = options;
  const logger = openLogger(directories.data);
  const closing = new AbortController();
  const startedAtMs = Date.now();
  let changedReadOnly = () => {};
  const inventory = openInventory(join(directories.data, 'inventory.db'), { onReadOnly: () => changedReadOnly() });
  try {
    const hostId = localHostId;
    const facts = { hostId, version, directories, startedAtMs, inventory };
    const firstSettings = readSettings(inventory, hostId, logger);
    const state = createStateStore({ host: hostInfo(facts), settings: firstSettings });
    const lastBoot = inventory.hosts.lastBoot(hostId);
    const seen = () => {
      try {
        inventory.hosts.seen(hostId, bootId(), Date.now());
      } catch (error) {
        logger.warn({ err: error }, 'the inventory can not be written');
      }
    };
    seen();
    const begun = options.afterwards ?? Promise.resolve();
    const drivers = createDriverHub({ drivers: options.drivers, state, logger, signal: closing.signal, begun });
    const registry = createRegistry(inventory, drivers, state, logger);
    const host: HostContext = {
      ...facts,
      logger,
      signal: closing.signal,
      state,
      drivers,
      registry,
      settings: createSettings(inventory, hostId, state, firstSettings),
      events: createEventLog(inventory, hostId, logger),
      jobs: createJobs(inventory, hostId, state, logger),
      catalogue: options.catalogue ?? null,
    };
    changedReadOnly = () => state.apply({ collection: 'host', key: '', value: hostInfo(facts) });
    const metrics = createMetrics(host);
    const reconciler = createReconciler(host);
    registry.onPhase((record) => metrics.follow(record));
    registry.onRemove((id) => metrics.forget(id));
    const running = begin(host, {
      reconciler,
      begun,
      rebooted: lastBoot !== null && lastBoot !== bootId(),
      seen,
    });
    let closed: Promise<void> | null = null;
    const shutDown = async () => {
      running.close();
      reconciler.close();
      await host.jobs.close(closeLimitMs);
      closing.abort();
      metrics.close();
      registry.flush();
      state.close();
      await Promise.allSettled(options.drivers.map((driver) => driver.close()));
      registry.flush();
      await inventory.backup(backupEveryMs).catch((error: unknown) => {
        logger.warn({ err: error }, 'the inventory could not be backed up');
      });
      inventory.close();
      release();
    };
    return {
      directories,
      recovered: running.recovered,
      handlers: {
        ...hostHandlers(host),
        ...driverHandlers(host),
        ...workloadHandlers(host),
        ...snapshotHandlers(host),
        ...groupHandlers(host),
        ...consoleHandlers(host),
        ...imageHandlers(host),
        ...storeHandlers(host),
        ...fileHandlers(host),
        ...clusterHandlers(host),
        ...activityHandlers(host, metrics, createDoctor(host)),
      },
      close: () => {
        closed ??= shutDown();
        return closed;
      },
    };
  } catch (error) {
    closing.abort();
    inventory.close();
    throw error;
  }
}
