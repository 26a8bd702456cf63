import { type Settings, settingsSchema } from '../bridge/contract.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Logger } from './logger.ts';
import type { StateStore } from './state/state-store.ts';

/** The user's settings. */
export type SettingsService = {
  get(): Settings;
  /** Changes some, durably. Throws what the inventory throws. */
  set(change: Partial<Settings>): Settings;
};

/** The stored settings, defaults filled in. One that is no longer valid falls back to its default. */
export function readSettings(inventory: Inventory, hostId: string, logger: Logger): Settings {
  const stored = inventory.settings.all(hostId);
  const known = Object.fromEntries(Object.entries(stored).filter(([key]) => key in settingsSchema.shape));
  const parsed = settingsSchema.safeParse(known);
  if (parsed.success) {
    return parsed.data;
  }
  logger.warn({ issues: parsed.error.issues }, 'stored settings are not valid; the defaults of those are used');
  for (const issue of parsed.error.issues) {
    delete known[String(issue.path[0])];
  }
  return settingsSchema.parse(known);
}

/** The settings of one host. */
export function createSettings(
  inventory: Inventory,
  hostId: string,
  state: StateStore,
  first: Settings,
): SettingsService {
  let settings = first;
  return {
    get: () => settings,
    set(change) {
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      const next = settingsSchema.parse({ ...settings, ...given });
      inventory.settings.set(hostId, given);
      settings = next;
      state.apply({ collection: 'settings', key: '', value: next });
      return next;
    },
  };
}
