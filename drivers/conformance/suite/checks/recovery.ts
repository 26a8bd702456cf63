import type { Check } from '../check.ts';
import { ensure, isJson, same } from '../expect.ts';
import { atOnce } from '../kit.ts';

/** What a new host finds. */
export const recoveryChecks: Check[] = [
  {
    id: 'recover-running',
    title: 'finds a running workload again, the same process, and can stop it',
    needs: [],
    async run(kit) {
      const ref = await kit.start(await kit.small());
      const before = await kit.driver.inspect(ref);
      await kit.restartHost();
      const found = await kit.driver.recover(ref.id, ref.spec, ref.handle);
      isJson(found, 'what was recovered');
      same(found.observation.phase, 'running', 'the phase');
      same(found.observation.pid, before.pid, 'the process id');
      ensure(found.handle !== null, 'the handle is gone');
      const again = { ...ref, handle: found.handle };
      await kit.driver.stop(kit.context(), again, atOnce);
      await kit.phase(again, 'stopped');
    },
  },
  {
    id: 'recover-stopped',
    title: 'finds a stopped workload again, and can start it',
    needs: [],
    async run(kit) {
      const ref = await kit.small();
      await kit.restartHost();
      const found = await kit.driver.recover(ref.id, ref.spec, ref.handle);
      same(found.observation.phase, 'stopped', 'the phase');
      await kit.start(ref);
    },
  },
  {
    id: 'recover-twice',
    title: 'recovers the same twice',
    needs: [],
    async run(kit) {
      const ref = await kit.start(await kit.small());
      await kit.restartHost();
      const first = await kit.driver.recover(ref.id, ref.spec, ref.handle);
      const second = await kit.driver.recover(ref.id, ref.spec, first.handle);
      same(second.observation.phase, first.observation.phase, 'the phase');
      same(second.observation.pid, first.observation.pid, 'the process id');
    },
  },
  {
    id: 'recover-cut-create',
    title: 'removes all of a create that was cut off',
    needs: [],
    async run(kit) {
      const ref = await kit.small();
      await kit.restartHost();
      const found = await kit.driver.recover(ref.id, ref.spec, null);
      same(found.observation.phase, 'lost', 'the phase');
      same(found.handle, null, 'the handle');
      same(await kit.target.leftovers(ref.id), [], 'what is left');
    },
  },
  {
    id: 'recover-paused',
    title: 'finds a paused workload paused',
    needs: ['pause'],
    async run(kit) {
      const ref = await kit.start(await kit.small());
      await kit.driver.pause?.(kit.context(), ref);
      await kit.restartHost();
      const found = await kit.driver.recover(ref.id, ref.spec, ref.handle);
      same(found.observation.phase, 'paused', 'the phase');
      await kit.driver.resume?.(kit.context(), ref);
      await kit.phase(ref, 'running');
    },
  },
];
