import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stats } from '../../../drivers/driver.ts';
import { whyNoDocker } from '../../support/docker/daemon.ts';
import { type DockerRig, openDockerRig } from '../../support/docker/rig.ts';

const reason = await whyNoDocker();
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);

describe.skipIf(reason !== null)(title('Docker: statistics'), () => {
  let rig: DockerRig;
  beforeAll(async () => {
    rig = await openDockerRig([], { checkpoints: false });
  }, 120_000);
  afterAll(() => rig?.dispose());

  // The first is a stream of the engine, the second a request for each sample.
  it.each([{ everyMs: 1_000 }, { everyMs: 2_000 }])(
    'come every $everyMs ms, count what the container does and end with it',
    async ({ everyMs }) => {
      const ref = await rig.run({ command: ['sh', '-c', 'while :; do :; done'] });
      const samples: Stats[] = [];
      for await (const sample of rig.driver.stats(ref, everyMs, AbortSignal.timeout(60_000))) {
        samples.push(sample);
        if (samples.length === 3) await rig.docker('kill', ref.name);
      }
      const [first, second, third] = samples;
      if (first === undefined || second === undefined || third === undefined) throw new Error('There were too few.');
      expect(third.atMs - first.atMs).toBeGreaterThan(everyMs);
      expect(third.cpuTimeMs).toBeGreaterThan(first.cpuTimeMs ?? 0);
      expect(second.memoryBytes).toBeGreaterThan(0);
      expect(second.processes).toBe(1);
    },
  );

  it('end on abort, also while the next sample is waited for, and are none of a container that does not run', async () => {
    const ref = await rig.run({ command: ['sleep', '1000'] });
    const stop = new AbortController();
    const startedMs = performance.now();
    for await (const _ of rig.driver.stats(ref, 600_000, stop.signal)) stop.abort();
    expect(performance.now() - startedMs).toBeLessThan(60_000);
    await rig.docker('kill', ref.name);
    for await (const _ of rig.driver.stats(ref, 2_000, AbortSignal.timeout(60_000))) throw new Error('There was one.');
  });
});
