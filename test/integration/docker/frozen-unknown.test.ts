import { readFileSync, writeFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDockerDriver } from '../../../drivers/docker/driver.ts';
import { type Freezer, freezerOf } from '../../../drivers/docker/snapshots/thaw.ts';
import type { WorkloadRef } from '../../../drivers/driver.ts';
import { whyNoDocker } from '../../support/docker/daemon.ts';
import { openEngineProxy } from '../../support/docker/lossy-engine.ts';
import { type DockerRig, openDockerRig, reaches } from '../../support/docker/rig.ts';

const reason = await whyNoDocker();
/** How long a freeze may take to be seen, milliseconds. */
const seenMs = 5_000;
/** How often the moment is tried for. */
const tries = 3;

describe.skipIf(reason !== null)(
  `Docker: an engine that dies in the very moment of a pause${reason === null ? '' : ` [skipped: ${reason}]`}`,
  () => {
    let rig: DockerRig;
    beforeAll(async () => {
      // The containers and what keeps them live on.
      rig = await openDockerRig(['--live-restore'], { checkpoints: false });
    }, 120_000);
    afterAll(() => rig?.dispose());

    const switchOf = async (ref: WorkloadRef): Promise<Freezer> => {
      const { pid = 0 } = await rig.driver.inspect(ref);
      const [id = ''] = await rig.docker('inspect', '-f', '{{.Id}}', ref.name);
      const found = freezerOf(readFileSync(`/proc/${pid}/cgroup`, 'utf8'), id);
      if (found === null) throw new Error('The container has no switch.');
      return found;
    };
    const isFrozen = (at: Freezer): boolean => at.frozen.test(readFileSync(at.file, 'utf8'));
    /** Kills the engine as soon as the container is frozen, before it can note it. */
    const die = async (ref: WorkloadRef, at: Freezer): Promise<unknown> => {
      const paused = Promise.resolve(rig.driver.pause?.(rig.context(), ref)).then(
        () => null,
        (error: unknown) => error,
      );
      const until = Date.now() + seenMs;
      while (!isFrozen(at) && Date.now() < until) await turn();
      await rig.daemon.stop('SIGKILL');
      return paused;
    };
    /** What it leaves, made by hand where it is never caught: it dies when it is asked, and the container is frozen meanwhile. */
    const dieByHand = async (ref: WorkloadRef, at: Freezer): Promise<unknown> => {
      const way = await openEngineProxy(rig.daemon.address, (_method, url) => {
        if (url.endsWith('/pause')) rig.daemon.child().kill('SIGKILL');
        return url.endsWith('/pause');
      });
      const driver = createDockerDriver({ root: rig.root, env: { DOCKER_HOST: way.address } });
      const failure = await Promise.resolve(driver.pause?.(rig.context(), ref)).then(
        () => null,
        (error: unknown) => error,
      );
      await rig.daemon.stop('SIGKILL');
      writeFileSync(at.file, at.freeze);
      await driver.close();
      await way.close();
      return failure;
    };
    const attention = async (ref: WorkloadRef): Promise<string> => (await rig.driver.inspect(ref)).attention ?? '';

    it('fault 34: says that it stands still and what to do, and that works', { timeout: 240_000 }, async () => {
      let ref = await rig.run();
      let at = await switchOf(ref);
      let failure: unknown = null;
      for (let round = 1; round <= tries; round += 1) {
        failure = await (round === tries ? dieByHand : die)(ref, at);
        await rig.daemon.start();
        const seen = await rig.driver.inspect(ref);
        if (failure !== null && seen.phase === 'running' && isFrozen(at)) break;
        if (round === tries) throw new Error(`It is ${seen.phase}, and the pause ended with ${String(failure)}.`);
        await rig.driver.remove(rig.context(), ref);
        ref = await rig.run();
        at = await switchOf(ref);
      }
      expect(failure).toMatchObject({ code: 'engine_unavailable' });
      expect(await attention(ref)).toMatch(/^It stands still: .* Stop it and start it again/);
      // Also to the next host.
      await rig.restartHost();
      expect((await rig.driver.recover(ref.id, ref.spec, ref.handle)).observation.attention).toMatch(
        /^It stands still/,
      );
      await expect(rig.driver.pause?.(rig.context(), ref)).rejects.toThrow(/^Pausing web\d+: cannot pause/i);
      // Its programs go on.
      await rig.driver.resume?.(rig.context(), ref);
      expect(isFrozen(at)).toBe(false);
      expect(await attention(ref)).toBe('');
      // What the notice says, for the one that is still frozen too.
      writeFileSync(at.file, at.freeze);
      await rig.driver.stop(rig.context(), ref, { graceMs: 1_000, force: true });
      await rig.driver.start(rig.context(), ref);
      await reaches(rig, ref, 'running');
      expect(await rig.shell(ref, 'echo well')).toBe('well');
      expect(await attention(ref)).toBe('');
      await rig.driver.pause?.(rig.context(), ref);
      await rig.driver.resume?.(rig.context(), ref);
      await rig.driver.remove(rig.context(), ref);
    });
  },
);
