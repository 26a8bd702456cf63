import { createDockerDriver } from '../../../drivers/docker/driver.ts';
import type { WorkloadRef } from '../../../drivers/driver.ts';
import type { WorkloadSpec } from '../../../drivers/spec.ts';

/**
 * One change of a container, or with `to` null the way back from one, as a program of its own, so that NOVACRON_FAILPOINTS can kill
 * it: `change-once.ts JSON`. Ends with 0 also when the change failed.
 */
type Asked = { root: string; address: string; ref: WorkloadRef; to: WorkloadSpec | null };

const { root, address, ref, to } = JSON.parse(process.argv[2] ?? '') as Asked;
const driver = createDockerDriver({ root, env: { DOCKER_HOST: address } });
const context = {
  signal: new AbortController().signal,
  progress: () => undefined,
  log: () => undefined,
  saveHandle: () => undefined,
};
try {
  await (to === null ? driver.kept?.revert(context, ref) : driver.update?.(context, ref, to));
} catch (error) {
  process.stdout.write(error instanceof Error ? error.message : String(error));
}
await driver.close();
