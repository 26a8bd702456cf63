import type { Machine } from '../machine/machine.ts';
import type { QmpEvent } from '../qmp/types.ts';
import { qemuSettingsSchema } from '../settings.ts';

/** What was done, by WatchdogAction of qapi/run-state.json. */
const deeds: ReadonlyMap<unknown, string> = new Map([
  ['reset', 'the machine is reset'],
  ['poweroff', 'the machine is powered off'],
  ['pause', 'the machine stands'],
]);

/** The words for a WATCHDOG event. Pure. */
export function watchdogNotice(event: QmpEvent): string {
  const deed = deeds.get(event.data['action']);
  return `The guest's watchdog ran out${deed === undefined ? '' : `: ${deed}`}.`;
}

/** Whether the watchdog with which a machine was started ends QEMU when it runs out: QEMU then ends without a word. */
export function watchdogPowersOff(machine: Pick<Machine, 'record'>): boolean {
  const { run, spec } = machine.record;
  const started = qemuSettingsSchema.safeParse((run?.spec ?? spec).settings).data?.watchdog;
  // The action is changed live; the device is not.
  const now = qemuSettingsSchema.safeParse(spec.settings).data?.watchdog ?? started;
  return started !== undefined && now?.action === 'poweroff';
}
