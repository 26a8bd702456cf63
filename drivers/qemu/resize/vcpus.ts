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

/** The id of the CPU in a slot if we plugged it; those of the start have none and stay. */
function ourId(slot: CpuSlot): string | null {
  return /^\/machine\/peripheral\/(cpu\d+)$/.exec(slot['qom-path'] ?? '')?.[1] ?? null;
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
  const remove = present
    .map(ourId)
    .filter((id) => id !== null)
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

/**
 * How many CPUs may still be plugged in. QEMU's emulator makes room for `maxcpus` threads once and aborts at the next (tcg.c,
 * tcg_register_thread), and a thread that was plugged out keeps its room. Pure.
 */
export function freePlaces(slots: readonly CpuSlot[], run: Run | null): number {
  const present = slots.filter((slot) => slot['qom-path'] !== undefined).length;
  const emulated = run?.argv[run.argv.indexOf('-accel') + 1]?.startsWith('tcg') === true;
  return Math.max(0, slots.length - present - (emulated ? (run?.retiredVcpus ?? 0) : 0));
}

/** Asks the guest to let a CPU go. False when it refuses or does not answer: that is no failure of ours, what is there is told. */
async function unplug(client: QmpClient, id: string, signal: AbortSignal): Promise<boolean> {
  const answer = { refused: false };
  const stopListening = client.onEvent((event) => {
    answer.refused ||= event.event === 'DEVICE_UNPLUG_GUEST_ERROR';
  });
  try {
    await client.execute('device_del', { id });
    const deadline = Date.now() + unplugLimitMs;
    while (!answer.refused && !signal.aborted && Date.now() < deadline) {
      if ((await cpuSlots(client)).every((slot) => ourId(slot) !== id)) {
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

/**
 * Plugs CPUs in and out until there are `wanted`. Returns how many there are: more when the guest keeps them, fewer when there is no place
 * left (`full`).
 */
export async function resizeVcpus(
  machine: Machine,
  client: QmpClient,
  wanted: number,
  signal: AbortSignal,
): Promise<{ vcpus: number; full: boolean }> {
  const slots = await cpuSlots(client);
  const { add, remove } = planVcpus(slots, wanted);
  const places = freePlaces(slots, machine.record.run);
  for (const command of add.slice(0, places)) {
    await client.execute(command.execute, command.arguments);
    notePlugged(machine, [command]);
  }
  for (const id of remove) {
    if (!(await unplug(client, id, signal))) {
      break;
    }
    noteRetired(machine, id);
  }
  return { vcpus: await countVcpus(client), full: add.length > places };
}
