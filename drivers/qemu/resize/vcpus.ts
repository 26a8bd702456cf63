import { z } from 'zod';
import { NovaError } from '../../errors.ts';
import type { Machine } from '../machine/machine.ts';
import type { QmpClient } from '../qmp/types.ts';
import { notePlugged, noteUnplugged, type PlugCommand } from './hotplugged.ts';

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

/** The id of the CPU in a slot if we plugged it; those of the start have none and stay. */
function ourId(slot: CpuSlot): string | null {
  return /^\/machine\/peripheral\/(cpu\d+)$/.exec(slot['qom-path'] ?? '')?.[1] ?? null;
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

async function slotsOf(client: QmpClient): Promise<CpuSlot[]> {
  return z.array(slotSchema).parse(await client.execute('query-hotpluggable-cpus'));
}

/** The number of CPUs that QEMU has plugged in now. */
export async function countVcpus(client: QmpClient): Promise<number> {
  return z.array(z.unknown()).parse(await client.execute('query-cpus-fast')).length;
}

/** Asks the guest to let a CPU go. False when it refuses or does not answer. */
async function unplug(client: QmpClient, id: string, signal: AbortSignal): Promise<boolean> {
  const answered = client.waitFor(
    (event) =>
      ['DEVICE_DELETED', 'DEVICE_UNPLUG_GUEST_ERROR'].includes(event.event) &&
      (event.data['device'] === id || event.data['path'] === `/machine/peripheral/${id}`),
    { timeoutMs: unplugLimitMs, signal },
  );
  // It may end before anybody waits for it.
  answered.catch(() => undefined);
  try {
    await client.execute('device_del', { id });
    return (await answered).event === 'DEVICE_DELETED';
  } catch (error) {
    // A guest that ignores the request is no failure of ours: what is there is told.
    if (error instanceof NovaError && (error.code === 'timeout' || error.details['qmpClass'] !== undefined)) {
      return false;
    }
    throw error;
  }
}

/** Plugs CPUs in and out until there are `wanted`; returns how many there are, which may be more when the guest keeps them. */
export async function resizeVcpus(
  machine: Machine,
  client: QmpClient,
  wanted: number,
  signal: AbortSignal,
): Promise<number> {
  const { add, remove } = planVcpus(await slotsOf(client), wanted);
  for (const command of add) {
    await client.execute(command.execute, command.arguments);
    notePlugged(machine, [command]);
  }
  for (const id of remove) {
    if (!(await unplug(client, id, signal))) {
      break;
    }
    noteUnplugged(machine, id);
  }
  return await countVcpus(client);
}
