import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addContext } from '../support/docker/context.ts';
import { importBusybox, startDaemon, type TestDaemon, whyNoDocker } from '../support/docker/daemon.ts';
import { type DockerApp, openDockerApp } from '../support/e2e/app.ts';
import { openPage } from '../support/e2e/browser.ts';
import { seed } from '../support/e2e/seed.ts';

const why = await whyNoDocker();
const noRegistry = spawnSync('docker-registry', ['--version']).error !== undefined;
/** Long enough for a busy machine; nothing here waits as long as that when all is well. */
const limit = { timeout: 60_000, interval: 100 };

describe.skipIf(why !== null)(`engines, registries and services${why === null ? '' : ` (skipped: ${why})`}`, () => {
  let app: DockerApp;
  let second: TestDaemon;
  let folder: string;
  let tries = 0;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nova-engines-'));
    second = await startDaemon([], { checkpoints: false });
    await importBusybox(second.address);
    addContext(folder, 'builder', second.address);
    app = await openDockerApp({ daemon: { checkpoints: false }, env: { DOCKER_CONFIG: folder } });
  });
  afterAll(async () => {
    for (const child of children) child.kill();
    await app?.close();
    await second?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const docker = async (...words: string[]): Promise<string> =>
    (await execa('docker', ['-H', app.daemon.address, ...words])).stdout;
  const open = async (place: string): Promise<{ page: Page; problems: string[] }> => {
    const opened = await openPage(app.browser, app.server.address);
    opened.page.setDefaultTimeout(limit.timeout);
    await opened.page.goto(`${new URL(app.server.address).origin}/#/${place}`);
    return opened;
  };
  const fetchImage = async (page: Page, name: string): Promise<void> => {
    await page.getByLabel('Engine', { exact: true }).selectOption({ label: 'Docker' });
    await page.getByLabel('Image', { exact: true }).fill(name);
    await page.getByRole('button', { name: 'Fetch', exact: true }).click();
  };
  const imageNames = async (): Promise<string[]> =>
    (await app.client.call('images.list', {})).flatMap((image) => image.names);

  it('shows how far a pull is, and leaves nothing of one that is cancelled', async () => {
    const registry = app.daemon.run([
      process.execPath,
      resolve(import.meta.dirname, '../support/docker/evil-registry.ts'),
      'stall',
    ]);
    children.push(registry);
    const [line] = (await once(registry.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    const name = `localhost:${line.toString().trim()}/evil:1`;
    const { page, problems } = await open('images');
    await fetchImage(page, name);
    const bar = page
      .getByRole('main')
      .getByRole('progressbar', { name: `Pull ${name}` })
      .first();
    await expect.poll(async () => Number(await bar.getAttribute('aria-valuenow')), limit).toBeGreaterThan(0);
    await page
      .getByRole('button', { name: `Cancel Pull ${name}` })
      .first()
      .click();
    await bar.waitFor({ state: 'detached' });
    expect(await imageNames()).not.toContain(name);
    expect(problems).toEqual([]);
  });

  it.skipIf(noRegistry)(
    `pulls an image from a registry${noRegistry ? ' [skipped: docker-registry is not installed]' : ''}`,
    async () => {
      tries += 1;
      const port = 5000 + tries;
      const config = join(folder, `registry-${tries}.yml`);
      writeFileSync(
        config,
        `version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: ${join(folder, `registry-${tries}`)}\nhttp:\n  addr: 127.0.0.1:${port}\n`,
      );
      const registry = app.daemon.run(['docker-registry', 'serve', config]);
      registry.stdout?.resume();
      children.push(registry);
      const name = `localhost:${port}/box:${tries}`;
      await docker('tag', 'busybox:test', name);
      await expect
        .poll(
          async () => (await execa('docker', ['-H', app.daemon.address, 'push', name], { reject: false })).exitCode,
          limit,
        )
        .toBe(0);
      await docker('rmi', name);
      const { page, problems } = await open('images');
      await fetchImage(page, name);
      await expect.poll(imageNames, limit).toContain(name);
      await page.getByText(name).or(page.getByText('1 more name')).first().waitFor();
      expect(problems).toEqual([]);
    },
  );

  it('scales a service and shows its tasks, and why one fails', async () => {
    tries += 1;
    const [good, bad] = [`web-${tries}`, `breaks-${tries}`];
    await docker('swarm', 'init', '--advertise-addr', '127.0.0.1');
    try {
      await docker('service', 'create', '--detach', '--name', good, 'busybox:test', 'sleep', '1000');
      await docker('service', 'create', '--detach', '--name', bad, '--restart-delay', '1s', 'busybox:test', 'nonesuch');
      const { page, problems } = await open('groups');
      const line = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: good }) });
      await line.getByText('1 of 1 running').waitFor();
      await line.getByLabel(`How many tasks of ${good}`).fill('2');
      await line.getByRole('button', { name: 'Scale' }).click();
      await line.getByText('2 of 2 running').waitFor();
      await line.getByRole('button', { name: `Show the tasks of ${good}` }).click();
      const tasks = page.getByRole('table', { name: `Tasks of ${good}` }).getByRole('row');
      await expect.poll(() => tasks.filter({ hasText: 'Running' }).count(), limit).toBe(2);
      await page.getByRole('button', { name: `Show the tasks of ${bad}` }).click();
      await page
        .getByRole('table', { name: `Tasks of ${bad}` })
        .getByText(/nonesuch/)
        .first()
        .waitFor();
      expect(await app.client.call('workloads.foreign', {})).toEqual([]);
      expect(problems).toEqual([]);
    } finally {
      await docker('swarm', 'leave', '--force');
    }
  });

  it('shows the workloads, images and volumes of one engine of two', async () => {
    tries += 1;
    const [near, far] = [`near-${tries}`, `far-${tries}`];
    const settings = { image: 'busybox:test', command: ['sleep', '1000'] };
    await seed(app.client, { name: near, driver: 'docker', settings });
    await seed(app.client, { name: far, driver: 'docker', settings: { ...settings, endpoint: 'builder' } });
    for (const [name, endpoint] of [
      [near, {}],
      [far, { endpoint: 'builder' }],
    ] as const) {
      const { job } = await app.client.call('volumes.create', { driver: 'docker', name, ...endpoint });
      await app.client.call('jobs.wait', { job: job.id });
    }
    const { page, problems } = await open('all');
    const side = (name: string) => page.getByRole('navigation').getByRole('button', { name });
    const row = (name: string) => page.getByRole('row', { name });
    await row(near).waitFor();
    await row(far).waitFor();
    await side('Docker: builder').click();
    await row(near).waitFor({ state: 'detached' });
    await row(far).waitFor();
    await side('Docker: default').click();
    await row(far).waitFor({ state: 'detached' });
    await row(near).waitFor();

    const filter = page.getByLabel('Show the engine');
    await side('Volumes').click();
    await page.getByRole('heading', { name: far }).waitFor();
    await filter.selectOption({ label: 'Docker' });
    await page.getByRole('heading', { name: far }).waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: near }).waitFor();
    await side('Images').click();
    const images = page.getByRole('main').getByRole('listitem');
    await expect.poll(() => images.filter({ hasText: 'busybox:test' }).count(), limit).toBe(2);
    await filter.selectOption({ label: 'Docker: builder' });
    await expect.poll(() => images.filter({ hasText: 'busybox:test' }).count(), limit).toBe(1);
    await images.filter({ hasText: `Used by ${far}` }).waitFor();
    expect(problems).toEqual([]);
  });

  it('ends a container at once that a plain removal waits for', async () => {
    tries += 1;
    const name = `deaf-${tries}`;
    // As the first process it hears no request to end.
    await seed(
      app.client,
      { name, driver: 'docker', settings: { image: 'busybox:test', command: ['sleep', '1000'] } },
      true,
    );
    await app.client.call('settings.set', { stopGraceSeconds: 300 });
    const { id } = await app.client.call('workloads.get', { workload: name });
    const { page } = await open(`all/${id}`);
    const more = page.getByRole('button', { name: 'More', exact: true });
    await more.click();
    await page.getByRole('menuitem', { name: 'Remove', exact: true }).click();
    await expect
      .poll(async () => (await app.client.call('workloads.get', { workload: id })).pendingVerb, limit)
      .toBe('remove');
    await more.click();
    await page.getByRole('menuitem', { name: 'Remove by force…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('It is busy: removing.').waitFor();
    expect(await dialog.getByLabel(/^End it at once/).isChecked()).toBe(true);
    await dialog.getByRole('button', { name: `End and remove ${name}` }).click();
    await expect
      .poll(async () => (await app.client.call('workloads.get', { workload: id })).trashedUntilMs, limit)
      .not.toBeNull();
    expect((await app.client.call('workloads.get', { workload: id })).observation.phase).toBe('stopped');
  });

  it('takes a workload of an engine that is gone off the list, and finds it again with its snapshot', async () => {
    tries += 1;
    const name = `left-${tries}`;
    const settings = { image: 'busybox:test', command: ['sleep', '1000'], endpoint: 'builder' };
    await seed(app.client, { name, driver: 'docker', settings });
    const { id } = await app.client.call('workloads.get', { workload: name });
    const taken = await app.client.call('snapshots.create', { workload: id, name: 'before' });
    await app.client.call('jobs.wait', { job: taken.job.id });
    const { page } = await open(`all/${id}`);
    await second.stop();
    try {
      await page.getByRole('button', { name: 'More', exact: true }).click();
      await page.getByRole('menuitem', { name: 'Remove', exact: true }).click();
      await page.getByRole('button', { name: 'Remove by force…' }).first().click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText(`${name} itself`).waitFor();
      await dialog.getByText('its snapshot').waitFor();
      await expect.poll(() => dialog.getByLabel(/^End it at once/).isDisabled(), limit).toBe(true);
      await dialog.getByRole('button', { name: `Take ${name} off the list` }).click();
      await expect
        .poll(async () => (await app.client.call('workloads.list', {})).some((one) => one.id === id), limit)
        .toBe(false);
    } finally {
      await second.start();
    }
    await page.getByRole('navigation').getByRole('button', { name: 'Found on this machine' }).click();
    await page.getByRole('button', { name: `Adopt ${name}` }).click();
    await page.getByRole('tab', { name: /Snapshots/ }).click();
    await page.getByRole('option', { name: /before/ }).waitFor();
    expect((await app.client.call('workloads.get', { workload: name })).id).toBe(id);
  });
});
