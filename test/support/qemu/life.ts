import { createQemuDriver } from '../../../drivers/qemu/driver.ts';
import { MiB, workloadSpecSchema } from '../../../drivers/spec.ts';
import { testContext } from './rig.ts';

/**
 * A program that leads one machine through its life and is killed at a failpoint on the way: `node life.ts ROOT RUNTIME CACHE ID`. Prints
 * each step that was done.
 */
const [root = '', runtimeRoot = '', cacheDirectory = '', id = ''] = process.argv.slice(2);
const driver = createQemuDriver({ root, runtimeRoot, cacheDirectory });
const spec = await driver.resolve(
  workloadSpecSchema.parse({
    name: 'life',
    driver: 'qemu',
    resources: { vcpus: 1, memoryBytes: 64 * MiB },
    settings: { disks: [{ sizeBytes: 8 * MiB }] },
  }),
);
const step = (name: string, value: unknown): void => {
  process.stdout.write(`${JSON.stringify({ name, value })}\n`);
};
step('resolved', spec);
const handle = await driver.create(testContext(), id, spec);
const ref = { id, name: spec.name, spec, handle };
step('created', handle);
await driver.start(testContext(), ref);
step('started', null);
await driver.remove(testContext(), ref);
step('removed', null);
await driver.close();
