import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Inventory, openInventory } from '../../../../electron/inventory/inventory.ts';
import { lockDataDirectory } from '../../../../electron/inventory/lock.ts';
import type { WorkloadRow } from '../../../../electron/inventory/workloads.ts';
import { fakeSpec } from '../../../support/host/open-test-host.ts';

let directory: string;
let file: string;
const open: Inventory[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'novacron-inventory-'));
  file = join(directory, 'inventory.db');
});
afterEach(() => {
  for (const inventory of open.splice(0)) {
    inventory.close();
  }
  rmSync(directory, { recursive: true, force: true });
});

function start(): Inventory {
  const inventory = openInventory(file);
  open.push(inventory);
  inventory.hosts.seen('local', 'boot', 1);
  return inventory;
}

function row(id: string, part: Partial<WorkloadRow> = {}): WorkloadRow {
  return {
    id,
    hostId: 'local',
    spec: fakeSpec(id),
    handle: { version: 1 },
    desired: 'stopped',
    observation: { phase: 'stopped', reason: '' },
    intent: null,
    currentSnapshotId: null,
    createdAtMs: 1,
    trashedUntilMs: null,
    ...part,
  };
}

describe('inventory', () => {
  test('rows come back as they were put, after a close too', () => {
    const before = start();
    const full = row('a', { intent: { kind: 'update', spec: fakeSpec('a', { notes: 'n' }) }, trashedUntilMs: 5 });
    before.workloads.put(full);
    before.workloads.put(row('b', { handle: null }));
    before.close();
    expect(start().workloads.list('local')).toEqual([full, row('b', { handle: null })]);
  });

  test('a name is unique outside the trash only', () => {
    const inventory = start();
    inventory.workloads.put(row('a'));
    expect(() => inventory.workloads.put(row('b', { spec: fakeSpec('a') }))).toThrow(/UNIQUE/);
    inventory.workloads.put(row('a', { trashedUntilMs: 1 }));
    inventory.workloads.put(row('b', { spec: fakeSpec('a') }));
    expect(inventory.workloads.list('local')).toHaveLength(2);
  });

  test('a removed workload takes its snapshots and metrics along', () => {
    const inventory = start();
    inventory.workloads.put(row('a'));
    const snapshot = {
      id: 's',
      name: 's',
      notes: '',
      kind: 'disk' as const,
      parentId: null,
      createdAtMs: 1.5,
      sizeBytes: 0,
      memoryBytes: 0,
      automatic: false,
      spec: fakeSpec('a'),
    };
    inventory.snapshots.replace('local', 'a', { snapshots: [snapshot], currentId: 's' });
    expect(inventory.snapshots.trees('local').get('a')).toEqual({ snapshots: [snapshot], currentId: 's' });
    inventory.workloads.remove('a');
    expect(inventory.snapshots.trees('local').size).toBe(0);
  });

  test('open jobs become interrupted once', () => {
    const inventory = start();
    const job = {
      id: 'j',
      hostId: 'local',
      workloadId: null,
      verb: 'start',
      subject: 'a',
      state: 'running' as const,
      fraction: null,
      message: '',
      createdAtMs: 1,
      startedAtMs: 1,
      endedAtMs: null,
      error: null,
      log: ['x'],
      result: null,
    };
    inventory.jobs.put(job);
    const error = { code: 'interrupted' as const, message: 'm', retryable: true, details: {} };
    expect(inventory.jobs.interruptOpen('local', 9, error)).toHaveLength(1);
    expect(inventory.jobs.interruptOpen('local', 9, error)).toHaveLength(0);
    expect(inventory.jobs.get('local', 'j')).toEqual({ ...job, state: 'interrupted', endedAtMs: 9, error });
  });

  test('events and jobs stay within their bound', () => {
    const inventory = start();
    for (let at = 0; at < 20; at += 1) {
      inventory.events.add('local', { atMs: at, workloadId: null, level: 'info', kind: 'k', message: String(at) });
    }
    inventory.events.prune('local', 5);
    const kept = inventory.events.list('local', { limit: 100 });
    expect(kept.map((event) => event.message)).toEqual(['19', '18', '17', '16', '15']);
    inventory.jobs.prune('local', 5);
  });

  test('metric points of one tier come back in order; those of a removed workload are left out', () => {
    const inventory = start();
    inventory.workloads.put(row('a'));
    const values = (atMs: number) => ({
      atMs,
      cpuCores: 0.5,
      memoryBytes: 2,
      guestMemoryBytes: null,
      diskReadRate: 1,
      diskWriteRate: null,
      networkRxRate: null,
      networkTxRate: null,
    });
    inventory.metrics.addAll('local', [
      { workloadId: 'a', tierSeconds: 10, values: values(20) },
      { workloadId: 'a', tierSeconds: 10, values: values(10) },
      { workloadId: 'a', tierSeconds: 1, values: values(15) },
      { workloadId: 'gone', tierSeconds: 10, values: values(10) },
    ]);
    expect(inventory.metrics.read('a', 10, 0, 100)).toEqual([values(10), values(20)]);
    expect(inventory.metrics.read('gone', 10, 0, 100)).toEqual([]);
    inventory.metrics.prune(10, 15);
    expect(inventory.metrics.read('a', 10, 0, 100)).toEqual([values(20)]);
  });

  test('fault 31: a file of a newer NovaCron is refused and not touched', () => {
    start().close();
    const db = new Database(file);
    db.pragma('user_version = 99');
    db.close();
    const bytes = readFileSync(file);
    expect(() => openInventory(file)).toThrow(expect.objectContaining({ code: 'conflict' }));
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  test.each([
    ['garbage at its begin', () => writeFileSync(file, 'x'.repeat(9000))],
    [
      'pages of zeros',
      () => {
        const bytes = readFileSync(file);
        bytes.fill(0, 4096, bytes.length - 4096);
        writeFileSync(file, bytes);
      },
    ],
    ['cut in half', () => truncateSync(file, Math.floor(readFileSync(file).length / 8192) * 4096)],
  ])('fault 31: a damaged file (%s) is put aside and rebuilt from its backup', async (_, damage) => {
    const before = start();
    before.workloads.put(row('a'));
    await before.backup();
    before.workloads.put(row('b'));
    before.close();
    damage();
    const after = start();
    expect(after.rebuilt).toMatchObject({ from: 'backup' });
    expect(after.workloads.list('local').map((each) => each.id)).toEqual(['a']);
    expect(existsSync(after.rebuilt?.aside ?? '')).toBe(true);
  });

  test('fault 31: with a damaged backup too it begins empty, and both damaged files stay', async () => {
    const before = start();
    before.workloads.put(row('a'));
    before.close();
    writeFileSync(file, 'x'.repeat(9000));
    writeFileSync(`${file}.backup`, 'y'.repeat(9000));
    const after = start();
    expect(after.rebuilt).toMatchObject({ from: 'empty' });
    expect(after.workloads.list('local')).toEqual([]);
    expect(readdirSync(directory).filter((name) => name.includes('damaged'))).toHaveLength(2);
  });

  test('fault 31: a file that is gone comes back from its backup; without one it begins empty and says so', async () => {
    const before = start();
    expect([before.rebuilt, before.missing]).toEqual([null, true]);
    before.workloads.put(row('a'));
    await before.backup();
    before.close();
    const remove = (): void => {
      for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    };
    remove();
    const after = start();
    expect(after).toMatchObject({ rebuilt: { from: 'backup', aside: null }, missing: true });
    expect(after.workloads.list('local').map((each) => each.id)).toEqual(['a']);
    after.close();
    remove();
    rmSync(`${file}.backup`);
    expect(start()).toMatchObject({ rebuilt: null, missing: true });
  });

  test('fault 31: a file whose WAL is gone opens with what it held before', () => {
    const before = start();
    before.workloads.put(row('a'));
    before.close();
    const again = start();
    again.workloads.put(row('b'));
    copyFileSync(file, join(directory, 'copy.db'));
    const copy = openInventory(join(directory, 'copy.db'));
    open.push(copy);
    expect(copy.rebuilt).toBeNull();
    expect(copy.workloads.list('local').map((each) => each.id)).toContain('a');
  });

  test('fault 12: the second lock of a data directory is refused and names the owner', () => {
    const first = lockDataDirectory(directory);
    expect(() => lockDataDirectory(directory)).toThrow(
      expect.objectContaining({ code: 'conflict', message: expect.stringContaining(String(process.pid)) }),
    );
    first.release();
    lockDataDirectory(directory).release();
  });

  test('a change while another program holds the file is a conflict that may be tried again', () => {
    const inventory = start();
    const other = new Database(file, { timeout: 0 });
    other.exec('BEGIN IMMEDIATE');
    expect(() => inventory.workloads.put(row('a'))).toThrow(
      expect.objectContaining({ code: 'conflict', retryable: true }),
    );
    other.exec('ROLLBACK');
    other.close();
    inventory.workloads.put(row('a'));
    expect(inventory.readOnly()).toBeNull();
  });
});
