import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDockerDriver } from '../../../drivers/docker/driver.ts';
import type { ComposeGroup, Driver } from '../../../drivers/driver.ts';
import { whyNoDocker } from '../../support/docker/daemon.ts';
import { type HangingEngine, openHangingEngine } from '../../support/docker/hanging-engine.ts';
import { type DockerRig, openDockerRig } from '../../support/docker/rig.ts';

const missing = (await execa('docker-compose', ['version'], { reject: false })).exitCode !== 0;
const reason = (await whyNoDocker()) ?? (missing ? 'docker-compose is not installed' : null);
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);

describe.skipIf(reason !== null)(title('Docker: an engine that hangs while Compose works'), () => {
  let rig: DockerRig;
  let engine: HangingEngine;
  let folder: string;
  let driver: Driver;
  let compose: Required<ComposeGroup>;
  beforeAll(async () => {
    rig = await openDockerRig([], { checkpoints: false });
  }, 120_000);
  afterAll(() => rig?.dispose());
  beforeEach(async () => {
    engine = await openHangingEngine(rig.daemon);
    folder = mkdtempSync(join(tmpdir(), 'nova-hung-compose-'));
    const env = { ...process.env, DOCKER_HOST: engine.address };
    driver = createDockerDriver({ root: join(folder, 'root'), env, limits: engine.limits });
    compose = driver.compose as Required<ComposeGroup>;
    const service = `{ image: '${rig.image}', command: [sleep, '1000'], stop_grace_period: 0s, volumes: ['data:/data'] }`;
    writeFileSync(
      join(folder, 'compose.yaml'),
      `version: '3.7'\nservices:\n  one: ${service}\n  two: ${service}\nvolumes:\n  data: {}\n`,
    );
  });
  afterEach(async () => {
    await driver.close();
    await engine.close();
    await rig.clean();
    rmSync(folder, { recursive: true, force: true });
  });
  const up = () => compose.up(rig.context(), { file: join(folder, 'compose.yaml'), project: 'hung' });
  const down = () => compose.down(rig.context(), { project: 'hung', volumes: true });
  const told = async (method: string, path: RegExp, work: () => Promise<unknown>): Promise<void> => {
    expect(await engine.hung(method, path, work)).toMatchObject({
      code: 'timeout',
      retryable: true,
      message: expect.stringContaining('did not answer in time') as string,
      details: { fixes: expect.arrayContaining([expect.any(String)]) as string[] },
    });
  };

  it('fault 35: in bringing a project up, when a container is made: told, and asked again it goes on', async () => {
    await told('POST', /\/containers\/create/, up);
    // What the engine does late and what is asked for anew can meet once.
    await expect.poll(() => up().then(() => 'up', String), { timeout: 60_000, interval: 500 }).toBe('up');
    expect((await rig.docker('ps', '--format', '{{.Names}}')).length).toBe(2);
    await down();
    expect(await compose.parts('hung')).toMatchObject({ containers: [], networks: [], volumes: [] });
  });

  it('fault 35: in taking a project down, when a container is removed: told, and asked again it goes on', async () => {
    await up();
    await told('DELETE', /\/containers\//, down);
    await expect.poll(() => down().then(() => 'down', String), { timeout: 60_000, interval: 500 }).toBe('down');
    expect(await compose.parts('hung')).toMatchObject({ containers: [], networks: [], volumes: [] });
  });

  it('fault 35: while it waits for an engine that hangs it can be cancelled', async () => {
    const cancel = new AbortController();
    const context = rig.context(cancel.signal);
    const error = await engine.hung('POST', /\/containers\/create/, (hangs) => {
      void hangs.then(() => cancel.abort());
      return compose.up(context, { file: join(folder, 'compose.yaml'), project: 'hung' });
    });
    expect(error).toMatchObject({ code: 'cancelled' });
  });
});
