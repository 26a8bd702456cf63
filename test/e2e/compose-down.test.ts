import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoDocker } from '../support/docker/daemon.ts';
import { type DockerApp, openDockerApp } from '../support/e2e/app.ts';
import { openPage } from '../support/e2e/browser.ts';

const compose = await execa('docker-compose', ['version'], { reject: false });
const why = (await whyNoDocker()) ?? (compose.exitCode === 0 ? null : 'docker-compose is not installed');
/** Long enough for a busy machine; nothing here waits as long as that when all is well. */
const limit = { timeout: 60_000, interval: 100 };

describe.skipIf(why !== null)(`a Compose project${why === null ? '' : ` (skipped: ${why})`}`, () => {
  let app: DockerApp;
  let folder: string;
  let tries = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nova-shop-'));
    app = await openDockerApp({ daemon: { checkpoints: false }, env: { DOCKER_CONFIG: join(folder, 'config') } });
  });
  afterAll(async () => {
    await app?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is taken down from the page of groups, which says before what goes with it', async () => {
    tries += 1;
    const project = `shop-${tries}`;
    mkdirSync(join(folder, project));
    const file = join(folder, project, 'compose.yaml');
    // It ends when it is asked to.
    const service =
      'image: "busybox:test", command: ["sh", "-c", "trap exit TERM; sleep 1000 & wait"], volumes: ["files:/data"]';
    writeFileSync(
      file,
      `version: "3"\nservices:\n  web: { ${service} }\n  db: { ${service} }\nvolumes: { files: {} }\n`,
    );
    const { job } = await app.client.call('compose.up', { file });
    expect((await app.client.call('jobs.wait', { job: job.id })).state).toBe('succeeded');
    const { page, problems } = await openPage(app.browser, app.server.address);
    page.setDefaultTimeout(limit.timeout);
    await page.goto(`${new URL(app.server.address).origin}/#/groups`);
    await page.getByRole('heading', { name: 'Projects that are not in your care' }).waitFor();
    const made = await execa('docker', ['-H', app.daemon.address, 'ps', '-q', '--no-trunc', '--filter', 'name=web']);
    const workload = await app.client.call('workloads.adopt', { driver: 'docker', engineId: made.stdout.trim() });
    const taken = await app.client.call('snapshots.create', { workload: workload.id, name: 'before' });
    expect((await app.client.call('jobs.wait', { job: taken.job.id })).state).toBe('succeeded');
    await page.getByRole('button', { name: `Take ${project} down` }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(`${workload.spec.name}, 1 snapshot`).waitFor();
    await dialog.getByText(`${project}_default`).waitFor();
    await dialog.getByText('Volumes, kept').waitFor();
    await dialog.getByLabel('Remove the volumes too').check();
    await dialog.getByText('Volumes, removed with their files').waitFor();
    await dialog.getByRole('button', { name: `Take ${project} down` }).click();
    await expect
      .poll(
        () => app.client.call('compose.planDown', { project }).catch((error: { code?: string }) => error.code),
        limit,
      )
      .toBe('not_found');
    await page.getByRole('heading', { name: project, exact: true }).waitFor({ state: 'detached' });
    expect(await app.client.call('workloads.list', {})).toEqual([]);
    expect((await execa('docker', ['-H', app.daemon.address, 'volume', 'ls', '-q'])).stdout).toBe('');
    expect(problems).toEqual([]);
  });
});
