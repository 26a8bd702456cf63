import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDockerEndpoints } from '../../../../../drivers/docker/endpoints/driver.ts';
import { openHome, recordsOf } from '../../../../../drivers/docker/endpoints/home.ts';
import { openMembers } from '../../../../../drivers/docker/endpoints/members.ts';
import { dockerSettingsSchema } from '../../../../../drivers/docker/settings.ts';
import { workloadSpecSchema } from '../../../../../drivers/spec.ts';

let folder: string;
let root: string;
let env: Record<string, string>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nova-home-'));
  root = join(folder, 'records');
  env = { DOCKER_CONFIG: join(folder, 'config') };
  for (const name of ['a', 'b']) context(name, `unix://${join(folder, name)}.sock`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function context(name: string, host: string): void {
  const meta = join(folder, 'config/contexts/meta', createHash('sha256').update(name).digest('hex'));
  mkdirSync(meta, { recursive: true });
  writeFileSync(join(meta, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
}
/** As `docker context use` does it: a new file in the place of the old one. */
function use(name: string): void {
  const file = join(folder, 'config/config.json');
  writeFileSync(`${file}.new`, JSON.stringify(name === 'default' ? {} : { currentContext: name }));
  renameSync(`${file}.new`, file);
}
function record(directory: string): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'w1.json'), '{}');
}
const socket = (name: string): string => join(folder, `${name}.sock`);
const spec = (settings: Record<string, unknown> = {}) =>
  workloadSpecSchema.parse({ name: 'web', driver: 'docker', settings: { image: 'x', ...settings } });

it('is the chosen context while nothing is kept there, and stays where workloads are', () => {
  use('a');
  expect(openHome(root, env)).toMatchObject({ context: 'a', endpoint: { socketPath: socket('a') } });
  use('b');
  expect(openHome(root, env)).toMatchObject({ context: 'b', endpoint: { socketPath: socket('b') } });
  record(root);
  use('a');
  expect(openHome(root, env)).toMatchObject({ context: 'b', endpoint: { socketPath: socket('b') } });
  // DOCKER_HOST is an order, and is not kept.
  expect(openHome(root, { ...env, DOCKER_HOST: 'unix:///x.sock' })).toMatchObject({
    context: null,
    endpoint: { socketPath: '/x.sock' },
  });
  rmSync(join(folder, 'config/contexts/meta', createHash('sha256').update('b').digest('hex')), { recursive: true });
  // Its context is gone: what is known of it is asked, and nobody else.
  expect(openHome(root, env)).toMatchObject({ context: 'b', endpoint: { socketPath: socket('b') } });
});

it('is not the chosen context when that one has workloads under its own name', () => {
  use('a');
  openHome(root, env);
  record(recordsOf(root, 'b'));
  use('b');
  expect(openHome(root, env)).toMatchObject({ context: 'a' });
});

it('new workloads go to the context that is chosen now, those that are there stay', async () => {
  use('a');
  const driver = createDockerEndpoints({ root, env });
  try {
    expect(driver.place?.(spec()).settings['endpoint']).toBeUndefined();
    use('b');
    await expect.poll(() => driver.place?.(spec()).settings['endpoint'], { timeout: 40_000 }).toBe('b');
    // Who names one gets it; the context of the home is the home.
    expect(driver.place?.(spec({ endpoint: 'a' })).settings['endpoint']).toBe('a');
    const ref = { id: 'w1', name: 'web', spec: spec(), handle: { version: 1, data: {} } };
    await expect(driver.resolve(ref.spec)).resolves.toMatchObject({ settings: { image: 'x' } });
    use('a');
    await expect.poll(() => driver.place?.(spec()).settings['endpoint'], { timeout: 40_000 }).toBeUndefined();
  } finally {
    await driver.close();
  }
});

it('tells when another context is chosen, and finds the home by the name of its context', async () => {
  use('a');
  const members = openMembers({ root, env });
  try {
    const [home] = members.all();
    expect(members.current()).toBe(home);
    expect(members.find('a')).toBe(home);
    expect(members.find('default')).toBe(home);
    const changed = new Promise<number[]>((resolve) => {
      members.onChange((come, gone) => resolve([come.length, gone.length]));
    });
    use('b');
    expect(await changed).toEqual([0, 0]);
    expect(members.current()).toBe(members.find('b'));
    expect(members.first).toBe(home);
  } finally {
    await members.close();
  }
});

it('a context that leads to the same engine is listed by its name while workloads go by it', async () => {
  context('twin', `unix://${socket('a')}`);
  use('a');
  const before = openMembers({ root, env });
  expect(before.find('twin')).toBe(before.first);
  await before.close();
  record(recordsOf(root, 'twin'));
  const after = openMembers({ root, env });
  expect(after.find('twin')).toMatchObject({ name: 'twin', address: `unix://${socket('a')}` });
  await after.close();
});

it('sees what changes in folders that were removed and made again', async () => {
  use('a');
  const members = openMembers({ root, env });
  try {
    const contexts = join(folder, 'config/contexts');
    rmSync(contexts, { recursive: true });
    for (const name of ['a', 'c']) context(name, `unix://${socket(name)}`);
    await expect.poll(() => members.find('c')?.address, { timeout: 15_000 }).toBe(`unix://${socket('c')}`);
    context('c', `unix://${socket('d')}`);
    await expect.poll(() => members.find('c')?.address, { timeout: 15_000 }).toBe(`unix://${socket('d')}`);
  } finally {
    await members.close();
  }
});

it('a DOCKER_HOST that is no address keeps nobody from starting: the engine says what is wrong', async () => {
  const driver = createDockerEndpoints({ root, env: { ...env, DOCKER_HOST: 'gopher://x' } });
  try {
    for await (const probe of driver.probe(AbortSignal.timeout(20_000))) {
      expect(probe.health).toBe('unhealthy');
      expect(probe.summary).toContain('the scheme gopher: is not known');
      expect(probe.fixes[0]?.text).toContain('Correct DOCKER_HOST');
      return;
    }
    throw new Error('the probe ended');
  } finally {
    await driver.close();
  }
});

it('takes each name that Docker takes for a context', () => {
  expect(dockerSettingsSchema.safeParse({ image: 'x', endpoint: 'a+b_c.d-e' }).success).toBe(true);
  expect(dockerSettingsSchema.safeParse({ image: 'x', endpoint: '../a' }).success).toBe(false);
});
