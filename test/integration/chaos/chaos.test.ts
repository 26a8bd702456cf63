import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findFakes } from '../../../drivers/conformance/fake/process.ts';
import type { ChaosName } from '../../support/chaos/engines.ts';
import { chaosHouses } from '../../support/chaos/rounds.ts';
import { endProcessesMentioning } from '../../support/processes.ts';

/** Kills of a run; NOVACRON_CHAOS_KILLS and NOVACRON_CHAOS_SEED change how many and which. */
const kills = Number(process.env['NOVACRON_CHAOS_KILLS'] ?? 200);
const seed = Number(process.env['NOVACRON_CHAOS_SEED'] ?? Date.now() % 1_000_000);
/** How long it may take: on a quiet machine with two cores all kills are done in half of it, on a busy one it must get through `fewest`. */
const budgetMs = Number(process.env['NOVACRON_CHAOS_MINUTES'] ?? 8) * 60_000;
const fewest = 60;
/** Houses side by side. */
const houses = 2;
/** Share of the kills that hit a host while it recovers from the one before. */
const inRecovery = 0.15;
/** The fake engine has no slow parts, so a share of the kills is enough for the host's own. */
const rounds: [ChaosName, number][] = [
  ['fake', Math.ceil(kills / 5)],
  ['qemu', kills],
];

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'nvc-chaos-'));
});
afterEach(async () => {
  const fakes = Array.from({ length: houses }, (_, index) => join(home, `${index}`, 'data', 'fake')).filter(existsSync);
  // The hosts first: each has its directory among its words, and none that lives starts another fake.
  await endProcessesMentioning(home);
  // A fake has no words but its title.
  await Promise.all(fakes.flatMap((root) => [...findFakes(root).keys()]).map(endProcessesMentioning));
  rmSync(home, { recursive: true, force: true });
});

describe('hosts killed at random moments', () => {
  it.each(rounds)(
    'faults 7-8: %s workloads are whole and found again after each of up to %i kills',
    { timeout: budgetMs + 120_000, retry: 1 },
    async (engine, count) => {
      const result = await chaosHouses(houses, { engine, home, kills: count, seed, budgetMs, inRecovery });
      console.log(`seed ${seed}: ${JSON.stringify({ ...result, failed: result.failed.length })}`);
      if (process.env['NOVACRON_CHAOS_FAILED'] !== undefined) console.log(result.failed.join('\n'));
      expect(result.wrong).toEqual([]);
      expect(result.kills).toBeGreaterThanOrEqual(Math.min(count, fewest));
      expect(Object.keys(result.cut).length).toBeGreaterThan(result.kills > 30 ? 3 : 0);
    },
  );
});
