import { MiB, type Resources } from '../../../spec.ts';
import type { Check } from '../check.ts';
import { ensure, isJson, same } from '../expect.ts';
import { until } from '../until.ts';

/** Longest wait until a guest sees what it was given, milliseconds. */
const limitMs = 60_000;

/** Changed CPU and memory, names. */
export const resizeChecks: Check[] = [
  {
    id: 'resize-stopped',
    title: 'changes what is stopped, and starts with the new size',
    needs: ['resize'],
    async run(kit) {
      const ref = await kit.small();
      const memoryBytes = (ref.spec.resources.memoryBytes ?? 64 * MiB) + 64 * MiB;
      const resources: Resources = { ...ref.spec.resources, memoryBytes };
      if (resources.maxMemoryBytes !== undefined) {
        resources.maxMemoryBytes = Math.max(resources.maxMemoryBytes, memoryBytes);
      }
      const to = await kit.driver.resolve({ ...ref.spec, resources });
      const fields = kit.driver.diff(ref.spec, to).map((change) => change.field);
      ensure(fields.includes('resources.memoryBytes'), `the difference tells only ${fields.join(', ')}`);
      const done = await kit.driver.update?.(kit.context(), ref, to);
      isJson(done, 'what was confirmed');
      const changed = kit.keep({ ...ref, spec: to, handle: done?.handle ?? ref.handle });
      await kit.start(changed);
      const seen = await kit.phase(changed, 'running');
      same(seen.confirmed?.memoryBytes, memoryBytes, 'the memory that runs');
    },
  },
  {
    id: 'resize-nothing',
    title: 'has nothing to do where nothing changes',
    needs: ['resize'],
    async run(kit) {
      const ref = await kit.start(await kit.small());
      const { pid } = await kit.driver.inspect(ref);
      await kit.driver.update?.(kit.context(), ref, ref.spec);
      const seen = await kit.phase(ref, 'running');
      same(seen.pid, pid, 'the process id');
      same(seen.pending ?? [], [], 'what waits for a restart');
    },
  },
  {
    id: 'resize-live',
    title: 'gives a running guest a CPU and memory, and tells what the guest has',
    needs: ['resizeLive'],
    guest: true,
    async run(kit) {
      const ref = await kit.guest();
      const shell = await kit.boot(ref);
      const { pid } = await kit.driver.inspect(ref);
      const memoryBytes = (ref.spec.resources.memoryBytes ?? 0) + 128 * MiB;
      const to = { ...ref.spec, resources: { ...ref.spec.resources, vcpus: 2, memoryBytes } };
      for (const change of kit.driver.diff(ref.spec, to)) {
        same(change.effect, 'live', `the effect of ${change.field}`);
      }
      const done = await kit.driver.update?.(kit.context(), ref, to);
      same(done?.confirmed.vcpus, 2, 'the confirmed CPUs');
      ensure(
        done?.lagging !== undefined || done?.confirmed.memoryBytes === memoryBytes,
        `the confirmed memory is ${done?.confirmed.memoryBytes}, and nothing is told to lag`,
      );
      const changed = kit.keep({ ...ref, spec: to, handle: done?.handle ?? ref.handle });
      await until('the guest has two CPUs', async () => ((await shell.run('nproc')) === '2' ? true : null), {
        limitMs,
      });
      const seen = await kit.phase(changed, 'running');
      same(seen.confirmed?.vcpus, 2, 'the observed CPUs');
      same(seen.pid, pid, 'the process id');
    },
  },
  {
    id: 'rename',
    title: 'takes another name, twice, while it runs',
    needs: [],
    async run(kit) {
      const ref = await kit.start(await kit.small());
      const name = `${ref.name}-renamed`;
      await kit.driver.rename?.(ref, name);
      const renamed = kit.keep({ ...ref, name, spec: { ...ref.spec, name } });
      await kit.driver.rename?.(renamed, name);
      await kit.phase(renamed, 'running');
    },
  },
];
