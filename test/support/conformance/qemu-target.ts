import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Target } from '../../../drivers/conformance/suite/target.ts';
import { createQemuDriver } from '../../../drivers/qemu/driver.ts';
import { machinePaths } from '../../../drivers/qemu/machine/paths.ts';
import { MiB, type WorkloadSpecInput } from '../../../drivers/spec.ts';
import { demoGuest } from '../guest.ts';
import { processesMentioning } from '../processes.ts';
import { carried } from './codec.ts';

/** Real QEMU: small machines stay in the firmware, guests are the demo guest where it can be built. */
export async function qemuTarget(): Promise<Target> {
  const root = mkdtempSync(join(tmpdir(), 'nvc-'));
  const directories = { root: join(root, 'm'), runtimeRoot: join(root, 'r'), cacheDirectory: join(root, 'c') };
  const built = await demoGuest().catch(() => null);
  return {
    name: 'qemu',
    open: () => carried(createQemuDriver(directories)),
    small: (name) => ({
      name,
      driver: 'qemu',
      resources: { vcpus: 1, memoryBytes: 64 * MiB },
      settings: { accelerator: 'tcg', network: 'none', disks: [{ sizeBytes: 16 * MiB }] },
    }),
    guest:
      built === null
        ? null
        : (name): WorkloadSpecInput => ({
            name,
            driver: 'qemu',
            resources: { vcpus: 1, maxVcpus: 2, memoryBytes: 256 * MiB, maxMemoryBytes: 1024 * MiB },
            settings: {
              network: 'none',
              kernel: built.kernel,
              initrd: built.initrd,
              cmdline: built.cmdline,
              disks: [{ sizeBytes: 64 * MiB }],
            },
          }),
    async leftovers(id) {
      const paths = machinePaths(directories.root, directories.runtimeRoot, id);
      return [
        ...[paths.directory, paths.runtime].filter((path) => existsSync(path)),
        ...processesMentioning(paths.directory).map((each) => `process ${each.pid}: ${each.words.join(' ')}`),
      ];
    },
    async dispose() {
      rmSync(root, { recursive: true, force: true });
    },
  };
}
