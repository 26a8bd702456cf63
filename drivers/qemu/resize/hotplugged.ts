import type { Machine } from '../machine/machine.ts';

/** A monitor command that adds a part to a machine. */
export type PlugCommand = { execute: string; arguments: Record<string, unknown> };

/** Notes parts that were added to a running machine, durably and at once: a saved memory needs the same ones again. */
export function notePlugged(machine: Machine, commands: readonly PlugCommand[]): void {
  machine.save((record) => ({
    ...record,
    run: record.run === null ? null : { ...record.run, hotplugged: [...record.run.hotplugged, ...commands] },
  }));
}

/** Forgets a CPU that the guest has let go. */
export function noteRetired(machine: Machine, deviceId: string): void {
  machine.save((record) => ({
    ...record,
    run:
      record.run === null
        ? null
        : {
            ...record.run,
            retiredVcpus: (record.run.retiredVcpus ?? 0) + 1,
            hotplugged: record.run.hotplugged.filter((command) => command.arguments['id'] !== deviceId),
          },
  }));
}
