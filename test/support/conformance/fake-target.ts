import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFakeDriver } from '../../../drivers/conformance/fake/fake-driver.ts';
import { findFakes } from '../../../drivers/conformance/fake/process.ts';
import type { Target } from '../../../drivers/conformance/suite/target.ts';
import { MiB } from '../../../drivers/spec.ts';
import { carried } from './codec.ts';

/** The fake driver with a real process for each run. */
export function fakeTarget(): Target {
  const root = mkdtempSync(join(tmpdir(), 'novacron-conformance-'));
  return {
    name: 'fake',
    open: () => carried(createFakeDriver({ root })),
    small: (name) => ({ name, driver: 'fake', settings: { process: true, ignoreStop: true } }),
    guest: (name) => ({ name, driver: 'fake', resources: { vcpus: 1, memoryBytes: 256 * MiB } }),
    async leftovers(id) {
      const mark = findFakes(root).get(id);
      return [
        ...readdirSync(root).filter((name) => name.startsWith(id)),
        ...(mark === undefined ? [] : [`process ${mark.pid}`]),
      ];
    },
    async dispose() {
      rmSync(root, { recursive: true, force: true });
    },
  };
}
