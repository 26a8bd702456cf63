import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { QmpClient } from '../qmp/types.ts';

const statusSchema = z.array(z.object({ device: z.string().optional(), source: z.number(), status: z.number() }));

/** `source` of an answer to a part that was plugged in: a device check (ACPI 6.4, table 5.160). */
const deviceCheck = 1;
/** How often QEMU is asked, milliseconds. */
const askEveryMs = 100;
/** A guest answers in 0.1 to 0.3 s; one on an overloaded machine takes longer, one without ACPI never does. */
const answerLimitMs = 15_000;

/** What became of parts that were plugged in: those that the guest refused and those to which it did not answer. */
export type Answers = { refused: string[]; silent: string[] };

/** Sorts devices by the answers that QEMU tells (`query-acpi-ospm-status`). Pure. */
export function readAnswers(answer: unknown, devices: readonly string[]): Answers {
  const known = new Map<string, number>();
  for (const entry of statusSchema.parse(answer)) {
    if (entry.device !== undefined && entry.source === deviceCheck) {
      known.set(entry.device, entry.status);
    }
  }
  return {
    refused: devices.filter((device) => (known.get(device) ?? 0) !== 0),
    silent: devices.filter((device) => !known.has(device)),
  };
}

/** Waits until the guest has answered to all of the devices (ACPI `_OST`), the time is over, or the signal is aborted. */
export async function awaitAnswers(
  client: QmpClient,
  devices: readonly string[],
  signal: AbortSignal,
  patienceMs: number,
): Promise<Answers> {
  if (devices.length === 0) {
    return { refused: [], silent: [] };
  }
  const deadline = performance.now() + Math.min(answerLimitMs, patienceMs);
  for (;;) {
    const answers = readAnswers(await client.execute('query-acpi-ospm-status'), devices);
    if (answers.silent.length === 0 || signal.aborted || performance.now() >= deadline) {
      return answers;
    }
    await sleep(askEveryMs);
  }
}
