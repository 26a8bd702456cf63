import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoDocker } from '../support/docker/daemon.ts';
import { type DockerApp, openDockerApp } from '../support/e2e/app.ts';
import { openPage } from '../support/e2e/browser.ts';
import { seed } from '../support/e2e/seed.ts';

const limit = { timeout: 60_000 };
const reason = await whyNoDocker();

describe.skipIf(reason !== null)(
  `images, volumes and networks${reason === null ? '' : ` [skipped: ${reason}]`}`,
  () => {
    let app: DockerApp;
    let folder: string;
    let tries = 0;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'nova-build-'));
      writeFileSync(join(folder, 'Dockerfile'), 'FROM busybox:test\nRUN echo made-in-the-window\n');
      app = await openDockerApp({ env: { DOCKER_CONFIG: folder } });
    });
    afterAll(async () => {
      await app?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it('builds an image from a folder and shows how it was made', limit, async () => {
      const { page, problems } = await openPage(app.browser, app.server.address);
      await page.getByRole('button', { name: 'Images' }).first().click(limit);
      await page.getByLabel('Where it comes from').selectOption('build', limit);
      await page.getByLabel('Folder').fill(folder);
      await page.getByLabel('Name of the image').fill('window/box:1');
      await page.getByRole('button', { name: 'Build', exact: true }).click();
      const line = page.getByRole('button', { name: /window\/box:1/, expanded: false });
      await line.waitFor(limit);
      await line.click();
      await page.getByText('made-in-the-window').first().waitFor(limit);
      await page.getByLabel('One more name').fill('window/box:2');
      await page.getByRole('button', { name: 'Name', exact: true }).click();
      await page.getByText('1 more name').waitFor(limit);
      expect(problems).toEqual([]);
    });

    it('folds away the images that snapshots keep', limit, async () => {
      tries += 1;
      const name = `kept-${tries}`;
      await seed(app.client, { name, driver: 'docker', settings: { image: 'busybox:test', command: ['true'] } });
      const { job } = await app.client.call('snapshots.create', { workload: name, name: 'before' });
      await app.client.call('jobs.wait', { job: job.id });
      const { page, problems } = await openPage(app.browser, app.server.address);
      await page.getByRole('button', { name: 'Images' }).first().click(limit);
      const fold = page.getByText(/\d+ more, which (a snapshot keeps|snapshots keep)/);
      await fold.waitFor(limit);
      const kept = page.getByText(`Used by snapshot before of ${name}`);
      expect(await kept.isVisible()).toBe(false);
      await fold.click();
      await kept.waitFor({ state: 'visible', ...limit });
      expect(problems).toEqual([]);
    });

    it('makes and removes a volume and a network', limit, async () => {
      const { page, problems } = await openPage(app.browser, app.server.address);
      await page.getByRole('button', { name: 'Volumes' }).first().click(limit);
      await page.getByLabel('Name of a new volume').fill('box-data');
      await page.getByRole('button', { name: 'Make volume' }).click(limit);
      const removeVolume = page.getByRole('button', { name: 'Remove volume box-data with its files' });
      // Its files can not be brought back: the question comes first, and no is an answer.
      await removeVolume.click(limit);
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click(limit);
      await page.getByRole('dialog').waitFor({ state: 'detached', ...limit });
      await removeVolume.click(limit);
      await page.getByRole('button', { name: 'Remove box-data and its files' }).click(limit);
      await removeVolume.waitFor({ state: 'detached', ...limit });
      await page.getByRole('button', { name: 'Networks' }).first().click(limit);
      await page.getByLabel('Name of a new network').fill('box-lan');
      await page.getByRole('button', { name: 'Make network' }).click(limit);
      const removeNetwork = page.getByRole('button', { name: 'Remove network box-lan' });
      await removeNetwork.click(limit);
      await removeNetwork.waitFor({ state: 'detached', ...limit });
      // What belongs to the engine says why it stays.
      expect(await page.getByRole('button', { name: 'Remove network bridge' }).getAttribute('aria-disabled')).toBe(
        'true',
      );
      expect(problems).toEqual([]);
    });
  },
);
