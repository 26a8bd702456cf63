import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { NovaError } from '../../errors.ts';
import type { QmpClient } from '../qmp/types.ts';
import { whyNotApart } from './memory-stream.ts';

/** No limit in effect: the default of 128 MiB/s would only make the guest wait. Bytes per second. */
const bandwidth = 2 ** 40;
/** How often a running migration is asked for its progress, milliseconds. */
const askEveryMs = 100;
/** How often it is asked at first, for how long, milliseconds: small guests are done in less than one slow look. */
const askFirst = { everyMs: 20, forMs: 1_000 };
/** How long QEMU may take to end a migration that is cancelled, milliseconds. */
const cancelLimitMs = 60_000;

const migrationSchema = z.object({
  status: z.string().optional(),
  ram: z.object({ transferred: z.number(), total: z.number(), remaining: z.number() }).optional(),
  'error-desc': z.string().optional(),
  'blocked-reasons': z.array(z.string()).optional(),
});
const capabilitiesSchema = z.array(z.object({ capability: z.string(), state: z.boolean() }));
/** What QEMU says of its migration. */
export type Migration = z.infer<typeof migrationSchema>;

/** States in which nothing of a migration is going on (MigrationStatus of qapi/migration.json). */
const restStates = new Set(['none', 'completed', 'failed', 'cancelled']);

/** Asks for the state of the migration. */
export async function queryMigration(client: QmpClient): Promise<Migration> {
  return migrationSchema.parse(await client.execute('query-migrate'));
}

/** Devices and settings that forbid to save the memory, in QEMU's words. Empty when nothing does. */
export async function memoryBlockers(client: QmpClient): Promise<string[]> {
  return (await queryMigration(client))['blocked-reasons'] ?? [];
}

/** Prepares a save. True when the memory can be written while the guest runs; false with the reason when it must stand still. */
export async function prepareSave(
  client: QmpClient,
  wanted: 'background' | 'standing',
): Promise<{ background: boolean; reason: string | null }> {
  await client.execute('migrate-set-parameters', { 'max-bandwidth': bandwidth });
  const set = (state: boolean): Promise<unknown> =>
    client.execute('migrate-set-capabilities', { capabilities: [{ capability: 'background-snapshot', state }] });
  const alone = wanted === 'background' ? whyNotApart() : null;
  if (alone !== null) {
    return { ...(await prepareSave(client, 'standing')), reason: alone };
  }
  if (wanted === 'background') {
    try {
      await set(true);
      return { background: true, reason: null };
    } catch (error) {
      // The kernel or the kind of memory does not allow it; QEMU's sentence is the reason.
      return { background: false, reason: error instanceof Error ? error.message : String(error) };
    }
  }
  try {
    await set(false);
  } catch {
    // Unknown to this QEMU, so it is not set.
  }
  return { background: false, reason: null };
}

/** Waits until a migration has ended well. Throws what QEMU says when it failed, `cancelled` on abort (it then still runs). */
export async function waitForMigration(
  client: QmpClient,
  options: { signal: AbortSignal; failed?: Promise<unknown>; progress(transferred: number, total: number): void },
): Promise<void> {
  let failure: unknown = null;
  options.failed?.catch((error: unknown) => {
    failure = error;
  });
  const startedAt = performance.now();
  for (;;) {
    const { status, ram, 'error-desc': text } = await queryMigration(client);
    if (status === 'completed') {
      return;
    }
    if (failure !== null) {
      throw failure;
    }
    if (status === 'failed' || status === 'cancelled') {
      throw new NovaError('internal', `QEMU could not move the memory: ${text ?? status}.`, {
        details: { qmpText: text ?? null },
      });
    }
    if (ram !== undefined) {
      options.progress(ram.transferred, ram.total);
    }
    if (options.signal.aborted) {
      throw new NovaError('cancelled', 'The operation was cancelled.');
    }
    await sleep(performance.now() - startedAt < askFirst.forMs ? askFirst.everyMs : askEveryMs);
  }
}

/** How long a background save may take to come to its end, milliseconds: 64 GiB at 500 MB/s take two minutes. */
const restLimitMs = 600_000;

async function inBackground(client: QmpClient): Promise<boolean> {
  return capabilitiesSchema
    .parse(await client.execute('query-migrate-capabilities'))
    .some(({ capability, state }) => capability === 'background-snapshot' && state);
}

/** How long the end of a background save is waited for. */
export type SaveWait = {
  /** Default: as long as one may take. */
  limitMs?: number;
  signal?: AbortSignal;
};

/** True for the error that says that a background save still goes on: nothing is wrong, and it ends by itself. */
export function isStillSaving(error: unknown): boolean {
  return error instanceof NovaError && error.details['stage'] === 'saving';
}

/**
 * Brings a migration that may be under way to its end. A background save is waited for: to break its stream can leave QEMU hanging for
 * ever. Any other is cancelled. Idempotent. Throws `timeout`, retryable, while it goes on after the wait (see `isStillSaving`).
 */
export async function endMigration(client: QmpClient, wait: SaveWait = {}): Promise<void> {
  const background = await inBackground(client);
  const deadline = Date.now() + (background ? (wait.limitMs ?? restLimitMs) : cancelLimitMs);
  for (;;) {
    const { status } = await queryMigration(client);
    if (status === undefined || restStates.has(status)) {
      return;
    }
    if (Date.now() > deadline || (background && wait.signal?.aborted === true)) {
      throw new NovaError('timeout', `QEMU has not come to the end of its migration (${status}).`, {
        retryable: true,
        details: { stage: background ? 'saving' : 'cancelling' },
      });
    }
    if (!background) {
      await client.execute('migrate_cancel');
    }
    await sleep(askEveryMs);
  }
}
