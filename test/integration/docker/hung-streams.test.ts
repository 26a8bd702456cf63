import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDockerDriver } from '../../../drivers/docker/driver.ts';
import type { Driver, ImageGroup, OperationContext } from '../../../drivers/driver.ts';
import { whyNoDocker } from '../../support/docker/daemon.ts';
import { type HangingEngine, openHangingEngine } from '../../support/docker/hanging-engine.ts';
import { type DockerRig, openDockerRig } from '../../support/docker/rig.ts';

const reason = await whyNoDocker();
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);

describe.skipIf(reason !== null)(title('Docker: an engine that hangs in the middle of a stream'), () => {
  let rig: DockerRig;
  let engine: HangingEngine;
  let folder: string;
  let driver: Driver;
  let images: Required<ImageGroup>;
  beforeAll(async () => {
    rig = await openDockerRig([], { checkpoints: false });
  }, 120_000);
  afterAll(() => rig?.dispose());
  beforeEach(async () => {
    engine = await openHangingEngine(rig.daemon);
    folder = mkdtempSync(join(tmpdir(), 'nova-hung-stream-'));
    driver = createDockerDriver({
      root: join(folder, 'root'),
      env: { DOCKER_HOST: engine.address },
      limits: engine.limits,
    });
    images = driver.images as Required<ImageGroup>;
    writeFileSync(join(folder, 'Dockerfile'), 'FROM busybox:test\nRUN echo one > /one\nRUN sleep 1; echo two > /two\n');
  });
  afterEach(async () => {
    await driver.close();
    await engine.close();
    await rig.clean();
    rmSync(folder, { recursive: true, force: true });
  });
  const told = {
    code: 'timeout',
    retryable: true,
    message: expect.stringContaining('did not answer in time') as string,
    details: { fixes: expect.arrayContaining([expect.any(String)]) as string[] },
  };
  const build = (context: OperationContext) => images.build(context, { path: folder, names: ['hung/box:1'] });
  const atStep = (hang: () => void, context = rig.context()): OperationContext => ({
    ...context,
    log: (line) => void (line.startsWith('Step 3/3') && hang()),
  });
  const saved = (): string => join(folder, 'saved.tar');

  it('fault 35: in a build: told, and the next one works', async () => {
    expect(await engine.hungBy((hang) => build(atStep(hang)))).toMatchObject(told);
    expect((await build(rig.context())).names).toEqual(['hung/box:1']);
  });

  it('fault 35: a build of an engine that hangs can be cancelled', async () => {
    const cancel = new AbortController();
    const error = await engine.hungBy((hang) =>
      build(
        atStep(() => {
          hang();
          cancel.abort();
        }, rig.context(cancel.signal)),
      ),
    );
    expect(error).toMatchObject({ code: 'cancelled' });
  });

  it('fault 35: in saving and loading images: told, no half file is left, and the next try works', async () => {
    const saving = engine.hungBy((hang) =>
      images.save({ ...rig.context(), progress: () => hang() }, [rig.image], saved()),
    );
    expect(await saving).toMatchObject(told);
    expect(existsSync(saved())).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    await images.save(rig.context(), [rig.image], saved());
    const loading = engine.hung('POST', /\/images\/load/, () => images.load(rig.context(), saved()));
    expect(await loading).toMatchObject(told);
    expect((await images.load(rig.context(), saved()))[0]?.names).toContain(rig.image);
  });
});
