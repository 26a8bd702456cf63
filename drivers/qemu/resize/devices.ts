import { z } from 'zod';
import type { Machine } from '../machine/machine.ts';
import type { Run } from '../machine/record.ts';
import type { QmpClient } from '../qmp/types.ts';
import type { PlugCommand } from './hotplugged.ts';
import { type CpuSlot, cpuSlots, isCpuId, pluggedCpus, startedCpus } from './vcpus.ts';

const modulesSchema = z.array(
  z.object({
    type: z.string(),
    data: z.looseObject({
      id: z.string().optional(),
      memdev: z.string(),
      size: z.number(),
      slot: z.number().optional(),
      addr: z.number().optional(),
    }),
  }),
);

/** The commands that plug in again the modules of `query-memory-devices`, each at its very place. Pure. */
export function moduleCommandsOf(answer: unknown): PlugCommand[] {
  return modulesSchema
    .parse(answer)
    .filter(({ type, data }) => type === 'dimm' && /^dimm\d+$/.test(data.id ?? ''))
    .toSorted((left, right) => (left.data.slot ?? 0) - (right.data.slot ?? 0))
    .flatMap(({ data: { id, memdev, size, slot, addr } }) => {
      const backend = memdev.replace(/^\/objects\//, '');
      return [
        { execute: 'object-add', arguments: { 'qom-type': 'memory-backend-ram', id: backend, size } },
        { execute: 'device_add', arguments: { driver: 'pc-dimm', id, memdev: backend, slot, addr } },
      ];
    });
}

/** Ids of the parts that were plugged into a run. */
export function pluggedIds(run: Run | null): string[] {
  return (run?.hotplugged ?? [])
    .filter((command) => command.execute === 'device_add')
    .map((command) => String(command.arguments['id']));
}

const startCount = /^cpus=(\d+)/;

/** CPUs that the arguments give a machine at its start; null when they do not say. */
function countedCpus(argv: readonly string[]): number | null {
  const match = startCount.exec(argv[argv.indexOf('-smp') + 1] ?? '');
  return match === null ? null : Number(match[1]);
}

/**
 * The run with the parts that QEMU says are plugged in now. CPUs that have gone meanwhile are counted, and those of the start are taken from
 * the arguments: a saved memory lacks them. Pure.
 */
export function withDevices(run: Run, slots: readonly CpuSlot[], modules: unknown): Run {
  const hotplugged = [...pluggedCpus(slots), ...moduleCommandsOf(modules)];
  const now = new Set(pluggedIds({ ...run, hotplugged }));
  const counted = countedCpus(run.argv);
  const started = startedCpus(slots);
  const fewer = counted !== null && started > 0 && started < counted;
  const gone = pluggedIds(run).filter((id) => isCpuId(id) && !now.has(id)).length + (fewer ? counted - started : 0);
  return {
    ...run,
    hotplugged,
    ...(fewer
      ? {
          argv: run.argv.map((word, at) =>
            run.argv[at - 1] === '-smp' ? word.replace(startCount, `cpus=${started}`) : word,
          ),
        }
      : {}),
    ...(gone === 0 ? {} : { retiredVcpus: (run.retiredVcpus ?? 0) + gone }),
  };
}

/**
 * Notes which parts are plugged in now, as QEMU says: a saved memory needs the same ones at the same places. Does nothing when the run
 * has changed meanwhile.
 */
export async function noteDevices(machine: Machine, client: QmpClient): Promise<void> {
  const { run } = machine.record;
  if (run === null) {
    return;
  }
  const [slots, modules] = await Promise.all([cpuSlots(client), client.execute('query-memory-devices')]);
  const next = withDevices(run, slots, modules);
  if (machine.record.run === run && JSON.stringify(next) !== JSON.stringify(run)) {
    machine.save((record) => ({ ...record, run: next }));
  }
}

/** Keeps the record right when a guest lets go of a CPU long after it was asked to. Ends with the connection. */
export function followDevices(machine: Machine, client: QmpClient, failed: (error: unknown) => void): void {
  client.onEvent((event) => {
    // Whoever changes something at this moment notes what came of it.
    if (event.event === 'DEVICE_DELETED' && machine.record.intent === null) {
      noteDevices(machine, client).catch(failed);
    }
  });
}

/** Notes what a change that was cut off has plugged in, or a guest let go while nobody looked. The intent stays. */
export async function recoverDevices(machine: Machine): Promise<void> {
  const { run, intent } = machine.record;
  if (run === null || (intent?.kind !== 'resize' && run.hotplugged.length === 0) || machine.state() === 'gone') {
    return;
  }
  const client = await machine.qmp();
  if (client !== null) {
    await noteDevices(machine, client);
  }
}
