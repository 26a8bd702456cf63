import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { NovaError } from '../../errors.ts';
import type { Machine } from '../machine/machine.ts';
import type { Run } from '../machine/record.ts';
import type { QmpClient } from '../qmp/types.ts';
import { notePlugged, noteRetired, type PlugCommand } from './hotplugged.ts';

/** One place for a CPU, as `query-hotpluggable-cpus` tells it. */
const slotSchema = z.object({
  type: z.string(),
  'vcpus-count': z.number(),
  props: z.record(z.string(), z.unknown()),
  'qom-path': z.string().optional(),
});
/** One place for a CPU. */
export type CpuSlot = z.infer<typeof slotSchema>;

/** How long a guest gets to let a CPU go, milliseconds: it moves its work away first. */
const unplugLimitMs = 10_000;
/** How often it is looked at whether it has let go, milliseconds. */
const askEveryMs = 50;

/** The id of the CPU in a slot if we plugged it; those of the start have none. */
function ourId(slot: CpuSlot): string | null {
  return /^\/machine\/peripheral\/(cpu\d+)$/.exec(slot['qom-path'] ?? '')?.[1] ?? null;
}

/** How many CPUs of the start are still there. */
export function startedCpus(slots: readonly CpuSlot[]): number {
  return slots.filter((slot) => slot['qom-path'] !== undefined && ourId(slot) === null).length;
}

/** Whether an id is one that we give to CPUs. */
export function isCpuId(id: string): boolean {
  return /^cpu\d+$/.test(id);
}

/** The commands that plug in again the CPUs that were plugged in, first to last. Pure. */
export function pluggedCpus(slots: readonly CpuSlot[]): PlugCommand[] {
  return slots.toReversed().flatMap((slot) => {
    const id = ourId(slot);
    return id === null ? [] : [{ execute: 'device_add', arguments: { driver: slot.type, id, ...slot.props } }];
  });
}

/** The commands that bring the number of CPUs from what the slots hold to `wanted`, as far as there are slots. Pure. */
export function planVcpus(slots: readonly CpuSlot[], wanted: number): { add: PlugCommand[]; remove: string[] } {
  // QEMU lists the last first; the guest counts from the first.
  const ordered = slots.toReversed();
  const present = ordered.filter((slot) => slot['qom-path'] !== undefined);
  const missing = Math.max(0, wanted - present.length);
  const surplus = Math.max(0, present.length - wanted);
  const add = ordered
    .map((slot, index) => ({ slot, index }))
    .filter(({ slot }) => slot['qom-path'] === undefined)
    .slice(0, missing)
    .map(({ slot, index }) => ({
      execute: 'device_add',
      arguments: { driver: slot.type, id: `cpu${index}`, ...slot.props },
    }));
  // The first CPU can't go (QEMU: the boot CPU). One of the start has no id, but its path in QEMU's tree serves as one.
  const remove = present
    .slice(1)
    .map((slot) => ourId(slot) ?? slot['qom-path'])
    .filter((id) => id !== undefined)
    .toReversed()
    .slice(0, surplus);
  return { add, remove };
}

/** The places for CPUs, as QEMU tells them. None where the machine type has no CPU hotplug. */
export async function cpuSlots(client: QmpClient): Promise<CpuSlot[]> {
  try {
    return z.array(slotSchema).parse(await client.execute('query-hotpluggable-cpus'));
  } catch (error) {
    if (error instanceof NovaError && error.details['qmpClass'] !== undefined) {
      return [];
    }
    throw error;
  }
}

/** The number of CPUs that QEMU has plugged in now. */
export async function countVcpus(client: QmpClient): Promise<number> {
  return z.array(z.unknown()).parse(await client.execute('query-cpus-fast')).length;
}

/** Whether the machine runs by emulation. */
export function isEmulated(run: Run | null): boolean {
  return run?.argv[run.argv.indexOf('-accel') + 1]?.startsWith('tcg') === true;
}

/**
 * How many CPUs may still be plugged in. None under QEMU's emulator when one has gone, which only a guest can do by itself there: the
 * emulator goes on to use the memory of that CPU, and the next one that comes ends QEMU (seen with 7.2). Pure.
 */
export function freePlaces(slots: readonly CpuSlot[], run: Run | null): number {
  const present = slots.filter((slot) => slot['qom-path'] !== undefined).length;
  return isEmulated(run) && (run?.retiredVcpus ?? 0) > 0 ? 0 : slots.length - present;
}

/** Asks the guest to let a CPU go. False when it refuses or does not answer: that is no failure of ours, what is there is told. */
async function unplug(
  client: QmpClient,
  id: string,
  { signal, patienceMs }: { signal: AbortSignal; patienceMs: number },
): Promise<boolean> {
  const answer = { refused: false };
  const stopListening = client.onEvent((event) => {
    answer.refused ||= event.event === 'DEVICE_UNPLUG_GUEST_ERROR';
  });
  try {
    await client.execute('device_del', { id });
    const deadline = Date.now() + Math.min(unplugLimitMs, patienceMs);
    while (!answer.refused && !signal.aborted && Date.now() < deadline) {
      if ((await cpuSlots(client)).every((slot) => ourId(slot) !== id && slot['qom-path'] !== id)) {
        return true;
      }
      await sleep(askEveryMs);
    }
    return false;
  } catch (error) {
    // A request that is under way already is refused by QEMU; so is one for a CPU that can't go.
    if (error instanceof NovaError && error.details['qmpClass'] !== undefined) {
      return false;
    }
    throw error;
  } finally {
    stopListening();
  }
}

/** What came of a change of CPUs: how many there are, and why not the wanted number where QEMU's emulator is the reason. */
export type VcpuChange = { vcpus: number; emulator: boolean };

/**
 * Plugs CPUs in and out until there are `wanted`. There are more when the guest keeps them, fewer when there is no place left. Under
 * emulation none is plugged out: see `freePlaces`.
 */
export async function resizeVcpus(
  machine: Machine,
  client: QmpClient,
  wanted: number,
  wait: { signal: AbortSignal; patienceMs: number },
): Promise<VcpuChange> {
  const slots = await cpuSlots(client);
  const { add, remove } = planVcpus(slots, wanted);
  const places = freePlaces(slots, machine.record.run);
  const emulated = isEmulated(machine.record.run);
  for (const command of add.slice(0, places)) {
    await client.execute(command.execute, command.arguments);
    notePlugged(machine, [command]);
  }
  for (const id of emulated ? [] : remove) {
    if (!(await unplug(client, id, wait))) {
      break;
    }
    if (isCpuId(id)) {
      noteRetired(machine, id);
    }
  }
  return { vcpus: await countVcpus(client), emulator: emulated && (remove.length > 0 || add.length > places) };
}
