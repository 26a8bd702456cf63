import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDockerDriver } from '../../../drivers/docker/driver.ts';
import type { Driver, WorkloadRef } from '../../../drivers/driver.ts';
import { whyNoDocker } from '../../support/docker/daemon.ts';
import { openLossyEngine } from '../../support/docker/lossy-engine.ts';
import { type DockerRig, openDockerRig } from '../../support/docker/rig.ts';

const reason = await whyNoDocker();
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);

describe.skipIf(reason !== null)(title('Docker: an answer that is lost'), () => {
  let rig: DockerRig;
  beforeAll(async () => {
    rig = await openDockerRig([], { checkpoints: false });
  }, 120_000);
  afterEach(() => rig.clean());
  afterAll(() => rig?.dispose());

  /** Runs work with a driver on which the answer to the first such request is lost. */
  const losing = async (
    method: string,
    path: RegExp,
    work: (driver: Driver, make: (started?: boolean) => Promise<WorkloadRef>) => Promise<void>,
  ): Promise<void> => {
    const lossy = await openLossyEngine(rig.daemon.address, method, path);
    const root = mkdtempSync(join(tmpdir(), 'nova-lossy-'));
    const driver = createDockerDriver({ root, env: { DOCKER_HOST: lossy.address } });
    try {
      await work(driver, async (started = true) => {
        const { spec } = await rig.make();
        await rig.clean();
        const ref = { id: 'lossy', name: spec.name, spec, handle: await driver.create(rig.context(), 'lossy', spec) };
        if (started) await driver.start(rig.context(), ref);
        return ref;
      });
      expect(lossy.lost()).toBe(1);
    } finally {
      await driver.close();
      await lossy.close();
      rmSync(root, { recursive: true, force: true });
    }
  };

  it('fault 37: of a start: it runs, once', () =>
    losing('POST', /\/start$/, async (driver, make) => {
      const ref = await make();
      const { phase, pid } = await driver.inspect(ref);
      expect(phase).toBe('running');
      await driver.start(rig.context(), ref);
      expect((await driver.inspect(ref)).pid).toBe(pid);
    }));

  it('fault 37: of a rename: it has the name', () =>
    losing('POST', /\/rename/, async (driver, make) => {
      const ref = await make(false);
      await driver.rename?.(ref, 'renamed');
      expect(await rig.docker('ps', '-a', '--format', '{{.Names}}')).toEqual(['renamed']);
      const found = await driver.recover(ref.id, { ...ref.spec, name: 'renamed' }, ref.handle);
      expect(found.spec?.name).toBe('renamed');
    }));

  it('fault 37: of a removal: it is gone, with all of it', () =>
    losing('DELETE', /\/containers\//, async (driver, make) => {
      const ref = await make();
      await driver.remove(rig.context(), ref);
      expect(await rig.ours('lossy')).toEqual([]);
      await driver.remove(rig.context(), ref);
    }));

  it('fault 37: of the commit of a snapshot: told, nothing of it is left, the container runs on, and the next one works', () =>
    losing('POST', /\/commit/, async (driver, make) => {
      const ref = await make();
      const take = (id: string) => driver.snapshots?.create(rig.context(), ref, { id, name: id, kind: 'disk' });
      await expect(take('lost')).rejects.toMatchObject({ code: 'engine_unavailable', retryable: true });
      expect(await rig.ours('lossy')).toEqual([expect.stringMatching(/^container/)]);
      expect((await driver.inspect(ref)).phase).toBe('running');
      await take('whole');
      expect((await driver.snapshots?.list(ref))?.snapshots.map((one) => one.id)).toEqual(['whole']);
      await driver.remove(rig.context(), ref);
      expect(await rig.ours('lossy')).toEqual([]);
    }));
});
