import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { MiB } from '../../spec.ts';
import type { QmpClient } from '../qmp/types.ts';

/** Where the balloon is in QEMU's object tree. */
const path = '/machine/peripheral/balloon0';
/** Left to a guest beyond what it uses, bytes: a Linux guest that is squeezed to its last pages kills its own programs, init too. */
export const reserveBytes = 32 * MiB;
/** How long the guest's first statistics may take, milliseconds: its driver is asked each second. */
const statsLimitMs = 4_000;
/** How often it is looked whether they are there, milliseconds. */
const askEveryMs = 100;

const statsSchema = z.object({ 'last-update': z.number(), stats: z.record(z.string(), z.number()) });

/** The least to which a guest can shrink without harm, bytes, from what it has and what of that is available. Pure. */
export function leastBytes(actualBytes: number, availableBytes: number): number {
  const least = actualBytes - availableBytes + reserveBytes;
  return Math.min(actualBytes, Math.ceil(Math.max(0, least) / MiB) * MiB);
}

/** Memory that is available in the guest, bytes; null when its balloon driver does not say. */
export async function availableBytes(client: QmpClient): Promise<number | null> {
  const answer = statsSchema.parse(await client.execute('qom-get', { path, property: 'guest-stats' }));
  const available = answer.stats['stat-available-memory'] ?? -1;
  // A value that the guest does not know is 2^64-1.
  return answer['last-update'] === 0 || available < 0 || available > Number.MAX_SAFE_INTEGER ? null : available;
}

/** To how much a guest may be asked to shrink, bytes: `wantedBytes`, or more when it uses more. Waits for its first statistics. */
export async function harmlessBytes(
  client: QmpClient,
  actualBytes: number,
  wantedBytes: number,
  { signal, patienceMs }: { signal: AbortSignal; patienceMs: number },
): Promise<number> {
  await client.execute('qom-set', { path, property: 'guest-stats-polling-interval', value: 1 });
  const deadline = performance.now() + Math.min(statsLimitMs, patienceMs);
  for (;;) {
    const available = await availableBytes(client);
    if (available !== null) {
      return Math.max(wantedBytes, leastBytes(actualBytes, available));
    }
    if (signal.aborted || performance.now() >= deadline) {
      // No balloon driver that could be asked: then none follows either.
      return wantedBytes;
    }
    await sleep(askEveryMs);
  }
}
