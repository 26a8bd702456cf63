import { readFileSync } from 'node:fs';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoDocker } from '../support/docker/daemon.ts';
import { type DockerApp, openDockerApp } from '../support/e2e/app.ts';
import { openPage } from '../support/e2e/browser.ts';
import { consoleText } from '../support/e2e/main-flow.ts';

const why = await whyNoDocker();
/** Long enough for a busy machine; nothing here waits as long as that when all is well. */
const limit = { timeout: 60_000, interval: 100 };

describe.skipIf(why !== null)(`a container in the window${why === null ? '' : ` (skipped: ${why})`}`, () => {
  let app: DockerApp;
  let tries = 0;

  beforeAll(async () => {
    app = await openDockerApp();
  });
  afterAll(() => app?.close());

  const tab = (page: Page, name: string) => page.getByRole('tab', { name }).click();
  const type = async (page: Page, line: string) => {
    await page.locator('.xterm-screen').click();
    await page.keyboard.type(`${line}\n`);
  };
  const workload = (name: string) => app.client.call('workloads.get', { workload: name });

  it('is made, typed into, read, broken, brought back, changed, changed back and removed', async () => {
    tries += 1;
    const name = `web-${tries}`;
    const { page, problems } = await openPage(app.browser, app.server.address);
    await page.getByRole('button', { name: 'New workload' }).first().click();
    await page.getByRole('radio', { name: /Docker container/ }).click();
    await page.getByLabel('Image', { exact: true }).fill('busybox:test');
    await page
      .getByLabel('Command', { exact: true })
      .fill('sh -c "while :; do echo needle in the log; echo hay; sleep 1; done"');
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByRole('button', { name: 'Create and start' }).click();

    // A shell inside.
    await expect.poll(() => consoleText(page), limit).toContain('/ #');
    await type(page, 'echo kept > /file; echo typed-$((1+1))');
    await expect.poll(() => consoleText(page), limit).toContain('typed-2');
    // What its main process prints.
    await page.getByRole('combobox', { name: 'Console' }).selectOption({ label: 'Main process' });
    await expect.poll(() => consoleText(page), limit).toContain('needle in the log');

    await tab(page, 'Logs');
    const log = page.getByRole('log', { name: 'Logs' });
    await expect.poll(() => log.innerText(), limit).toContain('hay');
    await page.getByRole('textbox', { name: 'Filter lines' }).fill('needle');
    await expect.poll(() => log.innerText(), limit).not.toContain('hay');
    await page.getByRole('checkbox', { name: 'Time stamps' }).check();
    await expect.poll(() => log.innerText(), limit).toMatch(/^\d{4}-\d\d-\d\dT\S+Z needle/m);
    await page.getByRole('combobox', { name: 'How far back' }).selectOption({ label: 'Last hour' });
    await expect.poll(() => log.innerText(), limit).toContain('needle');

    await tab(page, 'Snapshots');
    await page.getByPlaceholder('Name (a time by default)').fill('before');
    await page.getByRole('tabpanel').getByRole('button', { name: 'Take snapshot' }).click();
    const before = page.getByRole('option', { name: /before/ });
    await before.waitFor();
    await tab(page, 'Console');
    await page.getByRole('combobox', { name: 'Console' }).selectOption({ label: 'Shell' });
    await expect.poll(() => consoleText(page), limit).toContain('/ #');
    await type(page, 'rm /file; ls /file; echo gone-$((2+2))');
    await expect.poll(() => consoleText(page), limit).toContain('gone-4');
    await tab(page, 'Snapshots');
    await before.click();
    await page.getByRole('button', { name: 'Go back to this' }).click();
    await page.getByText('Back at before.').waitFor();
    await tab(page, 'Console');
    await expect.poll(() => consoleText(page), limit).toMatch(/\/ #\s*$/);
    await type(page, 'echo back-$(cat /file)');
    await expect.poll(() => consoleText(page), limit).toContain('back-kept');

    // Files: in, looked at, out again.
    await tab(page, 'Files');
    await page.getByRole('button', { name: 'tmp', exact: true }).click();
    await page.getByText('Nothing here').waitFor();
    const upload = { name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('from the window') };
    await page.getByLabel('Files to upload').setInputFiles(upload);
    const note = page.getByRole('row', { name: /note\.txt/ });
    await note.waitFor();
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      note.getByRole('button', { name: 'Download note.txt' }).click(),
    ]);
    expect(readFileSync(await saved.path(), 'utf8')).toBe('from the window');

    // A port: the difference first, then the container anew with its files, then back by one click.
    await tab(page, 'Settings');
    await page.getByRole('button', { name: 'Add port' }).click();
    await page.getByRole('textbox', { name: 'Port inside' }).fill('80');
    const changes = page.getByRole('list', { name: 'What changes' });
    await expect
      .poll(() => changes.innerText(), limit)
      .toMatch(/settings\.ports\s+made anew\s+- nothing\s+\+ .*containerPort=80/);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(`${name} was changed.`).waitFor();
    await expect
      .poll(async () => (await workload(name)).observation.addresses?.some((one) => one.kind === 'port'), limit)
      .toBe(true);
    await page.getByText('is kept, with its own files').waitFor();
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await expect.poll(async () => (await workload(name)).spec.settings['ports'], limit).toEqual([]);
    await page.getByText('is kept, with its own files').waitFor();
    await expect.poll(async () => (await workload(name)).observation.phase, limit).toBe('running');
    await tab(page, 'Console');
    await expect.poll(() => consoleText(page), limit).toMatch(/\/ #\s*$/);
    await type(page, 'echo still-$(cat /file)');
    await expect.poll(() => consoleText(page), limit).toContain('still-kept');

    await tab(page, 'History');
    await page.getByText('Change settings').first().waitFor();
    await page.getByRole('button', { name: 'More' }).last().click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await expect.poll(async () => (await workload(name)).trashedUntilMs !== null, limit).toBe(true);
    expect(problems).toEqual([]);
  });
});
