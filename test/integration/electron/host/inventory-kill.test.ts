import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import { openInventory } from '../../../../electron/inventory/inventory.ts';

const directory = mkdtempSync(join(tmpdir(), 'novacron-kill-'));
const file = join(directory, 'inventory.db');
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const writer = join(import.meta.dirname, '../../../support/host/inventory-writer.ts');

/** Lets the writer say some lines and kills it. Returns the last that it said. */
async function writeAndKill(lines: number): Promise<string> {
  const child = spawn(process.execPath, [writer, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once('exit', (_, signal) => resolve(signal));
  });
  let last = '';
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = line;
    count += 1;
    if (count === lines) {
      child.kill('SIGKILL');
    }
  }
  expect(await ended).toBe('SIGKILL');
  return last;
}

test('fault 32: killed 100 times in the midst of writes, the inventory is whole and holds all that was said', async () => {
  const seed = Date.now() % 100_000;
  process.stdout.write(`inventory kills: seed ${seed}\n`);
  let random = seed;
  for (let round = 0; round < 100; round += 1) {
    random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
    const last = await writeAndKill(1 + (random % 25));
    const inventory = openInventory(file);
    expect(inventory.rebuilt, `round ${round}`).toBeNull();
    const rows = inventory.workloads.list('local');
    const [id, step] = last.split(' ');
    if (step !== undefined) {
      const handle = rows.find((row) => row.id === id)?.handle;
      expect(Number(handle?.step), `round ${round}`).toBeGreaterThanOrEqual(Number(step));
    }
    inventory.close();
  }
}, 600_000);
