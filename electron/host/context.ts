import type { Inventory } from '../inventory/inventory.ts';
import type { Catalogue } from './catalogue/catalogue.ts';
import type { Directories } from './directories.ts';
import type { DriverHub } from './drivers/driver-hub.ts';
import type { EventLog } from './event-log.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { Logger } from './logger.ts';
import type { SettingsService } from './settings.ts';
import type { StateStore } from './state/state-store.ts';
import type { Registry } from './workloads/registry.ts';

/** What the parts of one host share. */
export type HostContext = {
  readonly hostId: string;
  readonly version: string;
  readonly startedAtMs: number;
  readonly directories: Directories;
  readonly inventory: Inventory;
  readonly logger: Logger;
  /** Aborted when the host closes. */
  readonly signal: AbortSignal;
  readonly state: StateStore;
  readonly settings: SettingsService;
  readonly events: EventLog;
  readonly drivers: DriverHub;
  readonly registry: Registry;
  readonly jobs: Jobs;
  readonly catalogue: Catalogue | null;
};
