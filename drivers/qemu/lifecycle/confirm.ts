import { z } from 'zod';
import type { Resources } from '../../spec.ts';
import type { QmpClient } from '../qmp/types.ts';

const cpusSchema = z.array(z.object({ 'cpu-index': z.number(), 'thread-id': z.number() }));
const memorySchema = z.object({ 'base-memory': z.number(), 'plugged-memory': z.number().prefault(0) });
const balloonSchema = z.object({ actual: z.number() });

/** Thread ids of the vCPUs. */
export async function vcpuThreads(client: QmpClient): Promise<number[]> {
  return cpusSchema.parse(await client.execute('query-cpus-fast')).map((cpu) => cpu['thread-id']);
}

/** Plugged CPUs, and memory less what the balloon holds, as QEMU says now. */
export async function confirmedResources(client: QmpClient): Promise<Resources> {
  const [threads, size] = await Promise.all([vcpuThreads(client), client.execute('query-memory-size-summary')]);
  const memory = memorySchema.parse(size);
  const whole = memory['base-memory'] + memory['plugged-memory'];
  let actual = whole;
  try {
    actual = balloonSchema.parse(await client.execute('query-balloon')).actual;
  } catch {
    // No balloon, or the guest has no driver for it: then the guest has it all.
  }
  return { vcpus: threads.length, memoryBytes: Math.min(actual, whole) };
}
