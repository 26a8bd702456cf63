import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFakeDriver } from '../../../../drivers/conformance/fake/fake-driver.ts';
import { makeDirectories } from '../../../../electron/host/directories.ts';
import { openInventory } from '../../../../electron/inventory/inventory.ts';
import type { WorkloadRow } from '../../../../electron/inventory/workloads.ts';
import { createTestPlace, fakeSpec, type TestPlace } from '../../../support/host/open-test-host.ts';

let place: TestPlace;
beforeEach(() => {
  place = createTestPlace();
});
afterEach(() => place.clean());

const count = 10_000;

/** Makes stopped workloads in engine and inventory without a host: only their recovery is of interest. */
async function prepare(recoverMs: number): Promise<void> {
  makeDirectories(place.directories);
  const fake = createFakeDriver({ root: join(place.root, 'engine') });
  const context = { signal: new AbortController().signal, progress: () => {}, log: () => {}, saveHandle: () => {} };
  const rows: WorkloadRow[] = [];
  for (let index = 0; index < count; index += 1) {
    const id = `w${index}`;
    const settings = { failpoints: { recover: { kind: 'delay', ms: recoverMs } } };
    const spec = await fake.resolve(fakeSpec(id, { settings }));
    const handle = await fake.create(context, id, spec);
    rows.push({
      id,
      hostId: 'local',
      spec,
      handle,
      desired: 'stopped',
      observation: { phase: 'stopped', reason: '' },
      intent: null,
      currentSnapshotId: null,
      createdAtMs: index,
      trashedUntilMs: null,
    });
  }
  await fake.close();
  const inventory = openInventory(join(place.directories.data, 'inventory.db'));
  inventory.hosts.seen('local', 'boot', 1);
  inventory.workloads.putAll(rows);
  inventory.close();
}

test('10,000 workloads are looked for at the same time, and the list is there before', async () => {
  await prepare(200);
  const begun = performance.now();
  const host = await place.open();
  const openMs = performance.now() - begun;
  const { epoch } = await first(host.handlers['state.subscribe']({}, host.context));
  const listedMs = performance.now() - begun;
  expect(epoch).not.toBe('');
  expect(await host.handlers['workloads.list']({}, host.context)).toHaveLength(count);
  await host.host.recovered;
  const recoveredMs = performance.now() - begun;
  process.stdout.write(
    `10,000 workloads: open ${openMs.toFixed(0)} ms, list ${listedMs.toFixed(0)} ms, recovered ${recoveredMs.toFixed(0)} ms\n`,
  );
  const phases = new Set(
    (await host.handlers['workloads.list']({}, host.context)).map((each) => each.observation.phase),
  );
  expect([...phases]).toEqual(['stopped']);
  // One after another they would take 2,000 s.
  expect(recoveredMs).toBeLessThan(60_000);
  const listBegun = performance.now();
  await host.handlers['workloads.list']({}, host.context);
  expect(performance.now() - listBegun).toBeLessThan(500);
}, 300_000);

async function first<T>(values: AsyncIterable<T>): Promise<T> {
  for await (const value of values) {
    return value;
  }
  throw new Error('nothing came');
}
