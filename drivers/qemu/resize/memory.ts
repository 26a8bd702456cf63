import { z } from 'zod';
import { NovaError } from '../../errors.ts';
import type { Machine } from '../machine/machine.ts';
import { planMemory } from '../plan/memory-blocks.ts';
import type { QmpClient } from '../qmp/types.ts';
import { notePlugged, type PlugCommand } from './hotplugged.ts';
import { settle } from './settle.ts';
import { availableBytes, harmlessBytes, leastBytes, reserveBytes } from './squeeze.ts';

/** QEMU maps the memory of a module before it answers; a busy machine takes a while. */
const plugLimitMs = 30_000;

const sizeSchema = z.object({ 'base-memory': z.number(), 'plugged-memory': z.number().prefault(0) });

/** Memory in the machine, without regard to the balloon, bytes. */
export async function presentMemory(client: QmpClient): Promise<number> {
  const size = sizeSchema.parse(await client.execute('query-memory-size-summary'));
  return size['base-memory'] + size['plugged-memory'];
}

/** Memory that the guest has, as its balloon driver says; null without one. */
export async function balloonBytes(client: QmpClient): Promise<number | null> {
  try {
    return z.object({ actual: z.number() }).parse(await client.execute('query-balloon')).actual;
  } catch (error) {
    if (error instanceof NovaError && error.details['qmpClass'] !== undefined) {
      return null;
    }
    throw error;
  }
}

/** The commands for a module of memory with the next free number. Pure. */
export function moduleCommands(plugged: readonly PlugCommand[], bytes: number): PlugCommand[] {
  const numbers = plugged.map((command) => Number(/^dimm(\d+)$/.exec(String(command.arguments['id']))?.[1] ?? -1));
  const number = Math.max(-1, ...numbers) + 1;
  return [
    { execute: 'object-add', arguments: { 'qom-type': 'memory-backend-ram', id: `memory${number}`, size: bytes } },
    { execute: 'device_add', arguments: { driver: 'pc-dimm', id: `dimm${number}`, memdev: `memory${number}` } },
  ];
}

async function plugModule(machine: Machine, client: QmpClient, bytes: number): Promise<void> {
  const [backend, device] = moduleCommands(machine.record.run?.hotplugged ?? [], bytes);
  if (backend === undefined || device === undefined) {
    return;
  }
  try {
    await client.execute(backend.execute, backend.arguments, { timeoutMs: plugLimitMs });
  } catch (cause) {
    if (cause instanceof NovaError && /annot allocate memory/.test(cause.message)) {
      throw new NovaError(
        'resource_exhausted',
        `This machine has no ${bytes} bytes of memory left for "${machine.record.spec.name}". End something else first.`,
        { cause, retryable: true, details: cause.details },
      );
    }
    throw cause;
  }
  try {
    await client.execute(device.execute, device.arguments);
  } catch (error) {
    await client.execute('object-del', { id: backend.arguments['id'] });
    throw error;
  }
  notePlugged(machine, [backend, device]);
}

/**
 * Brings a running machine's memory to `wantedBytes`: up by a new module, down and to the exact size by the balloon, never below what the
 * guest uses. Returns what is confirmed once the guest has come to rest. With `moves` false (it is paused) nobody waits for it;
 * one that does not move is waited for no longer than `patienceMs`.
 */
export async function resizeMemory(
  machine: Machine,
  client: QmpClient,
  wantedBytes: number,
  { signal, moves, patienceMs }: { signal: AbortSignal; moves: boolean; patienceMs: number },
): Promise<number> {
  const { plugBytes } = planMemory(await presentMemory(client), wantedBytes);
  if (plugBytes > 0) {
    await plugModule(machine, client, plugBytes);
  }
  const present = await presentMemory(client);
  const before = await balloonBytes(client);
  if (before === null) {
    return present;
  }
  const shrinks = moves && before > wantedBytes;
  let goal = Math.min(wantedBytes, present);
  if (shrinks) {
    goal = await harmlessBytes(client, before, goal, { signal, patienceMs });
  }
  await client.execute('balloon', { value: goal });
  if (!moves) {
    return before;
  }
  const ask = async (): Promise<number> => {
    const actual = (await balloonBytes(client)) ?? present;
    const available = shrinks && actual > goal ? await availableBytes(client) : null;
    if (available !== null && available < reserveBytes / 2) {
      goal = leastBytes(actual, available);
      await client.execute('balloon', { value: goal });
    }
    return actual;
  };
  return await settle(() => goal, ask, signal, { patienceMs });
}
