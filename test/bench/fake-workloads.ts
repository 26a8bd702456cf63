import { join } from 'node:path';
import { createFakeDriver } from '../../drivers/conformance/fake/fake-driver.ts';
import { makeDirectories, resolveDirectories } from '../../electron/host/directories.ts';
import { openInventory } from '../../electron/inventory/inventory.ts';
import type { WorkloadRow } from '../../electron/inventory/workloads.ts';
import { fakeSpec } from '../support/host/open-test-host.ts';
import { testContext } from '../support/qemu/rig.ts';

/** Makes stopped workloads of the fake driver in a data directory that no host serves yet. `home` is its `NOVACRON_HOME`. */
export async function makeFakeWorkloads(home: string, count: number): Promise<void> {
  const directories = resolveDirectories({ ...process.env, NOVACRON_HOME: home });
  makeDirectories(directories);
  const fake = createFakeDriver({ root: join(directories.data, 'fake') });
  const rows: WorkloadRow[] = [];
  for (let index = 0; index < count; index += 1) {
    const id = `w${index}`;
    const spec = await fake.resolve(fakeSpec(id));
    const handle = await fake.create(testContext(), id, spec);
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
  const inventory = openInventory(join(directories.data, 'inventory.db'));
  inventory.hosts.seen('local', 'boot', 1);
  inventory.workloads.putAll(rows);
  inventory.close();
}
