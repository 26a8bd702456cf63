import { join } from 'node:path';
import { createFakeDriver } from '../../drivers/conformance/fake/fake-driver.ts';
import type { Driver } from '../../drivers/driver.ts';
import { createQemuDriver } from '../../drivers/qemu/driver.ts';
import { MiB, type WorkloadSpec, workloadSpecSchema } from '../../drivers/spec.ts';
import { type Directories, makeDirectories, resolveDirectories } from '../../electron/host/directories.ts';
import { openInventory } from '../../electron/inventory/inventory.ts';
import type { WorkloadRow } from '../../electron/inventory/workloads.ts';
import { fakeSpec } from '../support/host/open-test-host.ts';
import { testContext } from '../support/qemu/rig.ts';

/** Makes stopped workloads of the fake driver in a data directory that no host serves yet. `home` is its `NOVACRON_HOME`. */
export async function makeFakeWorkloads(home: string, count: number): Promise<void> {
  await make(home, count, {
    open: (directories) => createFakeDriver({ root: join(directories.data, 'fake') }),
    spec: fakeSpec,
  });
}

/** Makes stopped virtual machines without disks in the same way. */
export async function makeMachines(home: string, count: number): Promise<void> {
  await make(home, count, {
    open: (directories) =>
      createQemuDriver({
        root: join(directories.data, 'qemu'),
        runtimeRoot: join(directories.runtime, 'q'),
        cacheDirectory: join(directories.cache, 'qemu'),
      }),
    spec: (name) => workloadSpecSchema.parse({ name, driver: 'qemu', resources: { vcpus: 1, memoryBytes: 64 * MiB } }),
  });
}

async function make(
  home: string,
  count: number,
  kind: { open(directories: Directories): Driver; spec(name: string): WorkloadSpec },
): Promise<void> {
  const directories = resolveDirectories({ ...process.env, NOVACRON_HOME: home });
  makeDirectories(directories);
  const driver = kind.open(directories);
  const rows: WorkloadRow[] = [];
  for (let index = 0; index < count; index += 1) {
    // Long enough for every driver's rule of ids.
    const id = `workload-${index}`;
    const spec = await driver.resolve(kind.spec(`w${index}`));
    rows.push({
      id,
      hostId: 'local',
      spec,
      handle: await driver.create(testContext(), id, spec),
      desired: 'stopped',
      observation: { phase: 'stopped', reason: '' },
      intent: null,
      currentSnapshotId: null,
      createdAtMs: index,
      trashedUntilMs: null,
    });
  }
  await driver.close();
  const inventory = openInventory(join(directories.data, 'inventory.db'));
  inventory.hosts.seen('local', 'boot', 1);
  inventory.workloads.putAll(rows);
  inventory.close();
}
