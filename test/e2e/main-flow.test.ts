import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openPage, startBrowser } from '../support/e2e/browser.ts';
import { mainFlow } from '../support/e2e/main-flow.ts';
import { clientOf } from '../support/e2e/seed.ts';
import { buildPage, startServer } from '../support/e2e/server.ts';
import { seedGuestCache } from '../support/guest.ts';

test('in the browser: create the demo guest, type, snapshot, break, go back', async () => {
  await buildPage();
  const home = await mkdtemp(join(tmpdir(), 'nova-e2e-'));
  await seedGuestCache(home);
  const server = await startServer({ home });
  const browser = await startBrowser();
  try {
    const { page, problems } = await openPage(browser, server.address);
    page.setDefaultTimeout(60_000);
    await mainFlow(page);
    expect(problems).toEqual([]);
  } finally {
    await browser.close();
    const client = clientOf(home);
    for (const { id } of await client.call('workloads.list', {})) {
      const { job } = await client.call('workloads.remove', { workload: id, now: true });
      await client.call('jobs.wait', { job: job.id });
    }
    client.close();
    await server.close();
  }
});
