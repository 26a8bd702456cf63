import type { Machine } from '../machine/machine.ts';
import type { QmpClient } from '../qmp/types.ts';
import { type QemuSettings, qemuSettingsSchema } from '../settings.ts';

/** Tells a running machine what its watchdog is to do. Nothing for one that was started without, or is to have none. */
export async function applyWatchdog(machine: Machine, client: QmpClient, to: QemuSettings): Promise<void> {
  const { run, spec } = machine.record;
  const started = qemuSettingsSchema.parse((run?.spec ?? spec).settings);
  if (started.watchdog !== undefined && to.watchdog !== undefined) {
    await client.execute('watchdog-set-action', { action: to.watchdog.action });
  }
}
