import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chaosHouses } from '../../support/chaos/rounds.ts';
import { importBusybox, startDaemon, type TestDaemon, whyNoDocker } from '../../support/docker/daemon.ts';

/** As for the other engines: NOVACRON_CHAOS_KILLS and NOVACRON_CHAOS_SEED change how many and which. */
const kills = Number(process.env['NOVACRON_CHAOS_KILLS'] ?? 200);
const seed = Number(process.env['NOVACRON_CHAOS_SEED'] ?? Date.now() % 1_000_000);
/** How long it may take, as for the other engines. */
const budgetMs = Number(process.env['NOVACRON_CHAOS_MINUTES'] ?? 5) * 60_000;
const fewest = 40;
/** Houses side by side on one engine. */
const houses = 2;

const reason = await whyNoDocker();
describe.skipIf(reason !== null)(
  `hosts killed at random moments${reason === null ? '' : ` [skipped: ${reason}]`}`,
  () => {
    let daemon: TestDaemon;
    // Each try has a house of its own: what one left wrong must not fail the next.
    let home: string;
    beforeEach(() => {
      home = mkdtempSync(join(tmpdir(), 'nvc-chaos-'));
    });
    afterEach(() => rmSync(home, { recursive: true, force: true }));
    beforeAll(async () => {
      daemon = await startDaemon();
      await importBusybox(daemon.address);
    }, 120_000);
    afterAll(async () => {
      await daemon?.dispose();
    });

    it(`faults 7-8: docker workloads are whole and found again after each of up to ${kills} kills`, {
      timeout: budgetMs + 120_000,
      retry: 1,
    }, async () => {
      const env = { DOCKER_HOST: daemon.address };
      const result = await chaosHouses(houses, { engine: 'docker', home, kills, seed, budgetMs, env, inRecovery: 0.2 });
      console.log(`seed ${seed}: ${JSON.stringify({ ...result, failed: result.failed.length })}`);
      if (process.env['NOVACRON_CHAOS_FAILED'] !== undefined) console.log(result.failed.join('\n'));
      expect(result.wrong).toEqual([]);
      expect(result.kills).toBeGreaterThanOrEqual(Math.min(kills, fewest));
    });
  },
);
