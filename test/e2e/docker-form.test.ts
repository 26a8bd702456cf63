import { execa } from 'execa';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoDocker } from '../support/docker/daemon.ts';
import { type DockerApp, openDockerApp } from '../support/e2e/app.ts';
import { openPage } from '../support/e2e/browser.ts';

const why = await whyNoDocker();
/** Long enough for a busy machine; nothing here waits as long as that when all is well. */
const limit = { timeout: 60_000, interval: 100 };

describe.skipIf(why !== null)(`the whole form of a container${why === null ? '' : ` (skipped: ${why})`}`, () => {
  let app: DockerApp;
  let tries = 0;

  beforeAll(async () => {
    app = await openDockerApp();
  });
  afterAll(() => app?.close());

  const daemonDocker = (...args: string[]) => execa('docker', ['-H', app.daemon.address, ...args]);
  const open = (page: Page, section: string) => page.locator('summary').getByText(section, { exact: true }).click();
  /** What the engine itself says of the container. */
  const engine = async (name: string) =>
    JSON.stringify(await app.client.call('workloads.describe', { workload: name }));

  it('is made with a mount, a limit and a health check, and changed after its difference was seen', async () => {
    tries += 1;
    const name = `whole-${tries}`;
    const volume = `files-${tries}`;
    const { page, problems } = await openPage(app.browser, app.server.address);
    page.setDefaultTimeout(limit.timeout);
    await page.getByRole('button', { name: 'New workload' }).first().click();
    await page.getByRole('radio', { name: /Docker container/ }).click();
    await page.getByLabel('Image', { exact: true }).fill('busybox:test');
    await page.getByLabel('Command', { exact: true }).fill('sh -c "while :; do sleep 1; done"');
    await page.getByLabel('Environment').fill('GREETING=hello there');
    await page.getByLabel('Name', { exact: true }).fill(name);

    // A mistake is told at its field while one types; the one line that it is in says why.
    await page.getByRole('button', { name: 'Add mount' }).click();
    await page.getByLabel('Volume of mount 1', { exact: true }).selectOption({ label: 'New volume…' });
    await page.getByLabel('Name of the new volume of mount 1').fill(volume);
    const target = page.getByLabel('Path inside of mount 1');
    await target.fill('data');
    await page.getByRole('group', { name: 'Mounts' }).getByText('A path is absolute.').waitFor();
    await expect.poll(() => target.getAttribute('aria-invalid'), limit).toBe('true');
    await target.fill('/data');
    await page.getByText('A path is absolute.').waitFor({ state: 'detached' });

    await open(page, 'Limits');
    await page.getByLabel('Processes', { exact: true }).fill('64');
    await page.getByLabel('CPU weight').fill('512');
    await open(page, 'Health check');
    await page.getByLabel('Command of the check').fill('test -d /data');
    await page.getByLabel('Every', { exact: true }).fill('2');

    // The text beside follows the form, and the form the text.
    await page.getByRole('radio', { name: 'As text' }).click();
    const text = page.getByRole('textbox', { name: 'Request' });
    await expect.poll(() => text.inputValue(), limit).toContain('"pidsLimit": 64');
    await text.fill((await text.inputValue()).replace('"pidsLimit": 64', '"pidsLimit": 96'));
    await expect.poll(() => page.getByLabel('Processes', { exact: true }).inputValue(), limit).toBe('96');
    await page.getByLabel('CPU weight').fill('256');
    await expect.poll(() => text.inputValue(), limit).toContain('"cpuShares": 256');
    await page.getByRole('radio', { name: 'Plan' }).click();
    await page.getByRole('button', { name: 'Create and start' }).click();

    const phase = async () => (await app.client.call('workloads.get', { workload: name })).observation.phase;
    await expect.poll(async () => phase().catch(() => 'none'), limit).toBe('running');
    const { spec } = await app.client.call('workloads.get', { workload: name });
    expect(spec.settings).toMatchObject({
      env: { GREETING: 'hello there' },
      mounts: [{ type: 'volume', source: volume, target: '/data', readOnly: false }],
      pidsLimit: 96,
      cpuShares: 256,
      healthCheck: { command: ['test', '-d', '/data'], intervalSeconds: 2 },
    });
    expect(await engine(name)).toMatch(/"PidsLimit":96/);

    // One change at once, one that makes the container anew: both are told before.
    await page.getByRole('tab', { name: 'Settings' }).click();
    await open(page, 'Limits');
    await page.getByLabel('Processes', { exact: true }).fill('128');
    const changes = page.getByRole('list', { name: 'What changes' });
    await expect.poll(() => changes.innerText(), limit).toMatch(/settings\.pidsLimit\s+at once\s+- 96\s+\+ 128/);
    await open(page, 'Process');
    await page.getByLabel('Working directory').fill('/data');
    await expect
      .poll(() => changes.innerText(), limit)
      .toMatch(/settings\.workingDirectory\s+made anew\s+- nothing\s+\+ \/data/);
    await page.getByLabel('Working directory').fill('data');
    await page.getByRole('tabpanel').getByText('A path is absolute.').first().waitFor();
    await page.getByLabel('Working directory').fill('/data');
    await page.getByRole('textbox', { name: 'Settings of the driver' }).waitFor();
    await expect
      .poll(() => page.getByRole('textbox', { name: 'Settings of the driver' }).inputValue(), limit)
      .toContain('"workingDirectory": "/data"');
    const save = page.getByRole('button', { name: 'Save' });
    await expect.poll(() => save.getAttribute('aria-disabled'), limit).toBeNull();
    await save.click();
    await page.getByText(`${name} was changed.`).waitFor();
    await expect.poll(() => engine(name), limit).toMatch(/"WorkingDir":"\/data"/);
    expect(await engine(name)).toMatch(/"PidsLimit":128/);
    expect(await phase()).toBe('running');
    expect(problems).toEqual([]);
  });

  it('shows which files a snapshot differs in from now and from another, by keyboard and filter', async () => {
    tries += 1;
    const name = `told-${tries}`;
    const ended = async (job: { id: string }) => {
      const { state, error } = await app.client.call('jobs.wait', { job: job.id });
      if (state !== 'succeeded') throw new Error(`${state}: ${error?.message}`);
    };
    const command = ['sh', '-c', 'sleep 10000'];
    const spec = { name, driver: 'docker' as const, settings: { image: 'busybox:test', command } };
    await ended((await app.client.call('workloads.create', { spec, start: true })).job);
    const shell = (line: string) => daemonDocker('exec', name, 'sh', '-c', line);
    await ended((await app.client.call('snapshots.create', { workload: name, name: 'first', kind: 'disk' })).job);
    await shell('echo new > /tmp/added-file; rm -rf /var/www; seq 1 2000 > /large-file');
    await ended((await app.client.call('snapshots.create', { workload: name, name: 'second', kind: 'disk' })).job);

    const { page, problems } = await openPage(app.browser, app.server.address);
    page.setDefaultTimeout(limit.timeout);
    await page
      .getByRole('row', { name: new RegExp(name) })
      .first()
      .dblclick();
    await page.getByRole('tab', { name: 'Snapshots' }).click();
    await page.getByRole('option', { name: /first/ }).click();
    await page.getByRole('listbox', { name: 'Snapshot timeline' }).press('d');
    const dialog = page.getByRole('dialog', { name: `Compare ${name}` });
    const files = dialog.getByRole('listbox', { name: 'Files' });
    await files.getByText('/tmp/added-file').waitFor();
    await files.getByRole('option', { name: /Added.*\/large-file.*KiB/ }).waitFor();
    await dialog.getByRole('searchbox').fill('added');
    await files.getByText('/large-file').waitFor({ state: 'detached' });
    await dialog.getByRole('searchbox').fill('');
    await dialog.getByRole('searchbox').press('ArrowDown');
    await files.press('End');
    await expect.poll(() => files.locator('[aria-selected=true]').count(), limit).toBe(1);
    await dialog.getByRole('combobox', { name: 'From' }).selectOption({ label: 'second' });
    await dialog.getByText('Nothing differs.').waitFor();
    await dialog.getByRole('combobox', { name: 'To' }).selectOption({ label: 'first' });
    await files.getByRole('option', { name: /Removed.*\/large-file/ }).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(problems).toEqual([]);
  });

  it('finds a Compose project that others run, and adopts all of it', async () => {
    tries += 1;
    const project = `shop-${tries}`;
    for (const one of ['db', 'web']) {
      const label = `com.docker.compose.project=${project}`;
      await daemonDocker(
        'run',
        '-d',
        '--name',
        `${project}-${one}`,
        '--label',
        label,
        'busybox:test',
        'sleep',
        '10000',
      );
    }
    const { page, problems } = await openPage(app.browser, app.server.address);
    page.setDefaultTimeout(limit.timeout);
    await page.getByRole('button', { name: 'Found on this machine' }).click();
    const group = page.getByRole('region', { name: project });
    await group.getByText('2 containers').waitFor();
    await group.getByRole('button', { name: 'Adopt the project' }).click();
    await page.getByText(`2 containers of ${project} were adopted.`).waitFor();
    const mine = async () =>
      (await app.client.call('workloads.list', {})).filter((one) => one.spec.name.startsWith(project)).length;
    await expect.poll(mine, limit).toBe(2);
    expect(problems).toEqual([]);
  });
});
