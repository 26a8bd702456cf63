import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser } from '../support/e2e/browser.ts';
import { clientOf, seed } from '../support/e2e/seed.ts';
import { buildPage, startServer, type TestServer } from '../support/e2e/server.ts';

const limit = { timeout: 60_000 };
/** As many as developers with a lot of them have. */
const many = 1000;
/** Frames of a fast scroll, eight rows each. */
const frames = 100;
let server: TestServer;
/** Hosts of single tests, closed even when the test fails. */
const more: TestServer[] = [];
let browser: Browser;

beforeAll(async () => {
  await buildPage();
  server = await startServer({ fake: true });
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  for (const one of more.reverse()) await one.close();
  await server?.close();
});

describe('the window', () => {
  it('offers the next step on an empty machine, and creates nothing with a bad name', async () => {
    const { page } = await openPage(browser, server.address);
    await page.getByRole('heading', { name: 'Nothing runs here yet' }).waitFor(limit);
    await page.keyboard.press('c');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: 'Kernel' }).click(limit);
    await dialog.getByLabel('Kernel', { exact: true }).fill('not/absolute');
    await dialog.getByLabel('Name').fill('a,b');
    await dialog.getByRole('button', { name: 'Create and start' }).click();
    // The path is judged as it is typed, the name by the host.
    await dialog.getByRole('alert').filter({ hasText: 'A path begins with a slash.' }).waitFor(limit);
    await dialog.getByRole('alert').filter({ hasText: 'A name begins with a letter or digit' }).waitFor(limit);
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog.count(), limit).toBe(0);
    await page.context().close();
  });

  it('follows the theme of the system, and the setting before it', async () => {
    const { page } = await openPage(browser, server.address, { colorScheme: 'light' });
    const theme = () => page.locator('html').getAttribute('data-theme');
    await expect.poll(theme, limit).toBe('light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(theme, limit).toBe('dark');
    const client = clientOf(server.home);
    await client.call('settings.set', { theme: 'contrast' });
    await expect.poll(theme, limit).toBe('contrast');
    await client.call('settings.set', { theme: 'system' });
    await expect.poll(theme, limit).toBe('dark');
    client.close();
    await page.context().close();
  });

  it('says that the host is lost, and comes back by itself when the host does', async () => {
    const first = await startServer({ fake: true });
    more.push(first);
    const client = clientOf(first.home);
    await seed(client, { name: 'kept' });
    client.close();
    const { page } = await openPage(browser, first.address);
    const row = page.locator('.list-row[data-name="kept"]');
    await row.waitFor(limit);
    await first.kill();
    await page.getByText('The host does not answer').waitFor(limit);
    expect(await row.count()).toBe(1);
    // Nothing can be asked for meanwhile, and each control says why.
    await row.click();
    const start = page.getByRole('button', { name: 'Start', exact: true }).first();
    await expect.poll(() => start.getAttribute('aria-disabled'), limit).toBe('true');
    await start.hover();
    await page.getByText('It works again when the connection is back.').first().waitFor(limit);
    const port = Number(new URL(first.address).port);
    const second = await startServer({ fake: true, home: first.home, port });
    more.push(second);
    await expect.poll(() => page.getByText('The host does not answer').count(), limit).toBe(0);
    expect(await row.count()).toBe(1);
    await expect.poll(() => start.getAttribute('aria-disabled'), limit).toBeNull();
    await page.context().close();
  });

  it('stays smooth with a thousand workloads', async () => {
    const crowd = await startServer({ fake: true });
    more.push(crowd);
    const client = clientOf(crowd.home);
    for (let from = 0; from < many; from += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, at) =>
          seed(client, { name: `w-${String(from + at).padStart(4, '0')}`, labels: { team: 'core' } }),
        ),
      );
    }
    const { page, problems } = await openPage(browser, crowd.address);
    await page.locator('.list-row').first().waitFor(limit);
    await expect.poll(() => page.locator('.list-bar .num').textContent(), limit).toBe(String(many));
    // Only what is in sight is in the document.
    expect(await page.locator('.list-row').count()).toBeLessThan(80);
    const costMs = await mainThreadMs(page, () =>
      page.evaluate(async (steps) => {
        for (let step = 0; step < steps; step++) {
          document.querySelector('.grid-scroll')?.scrollBy(0, 240);
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
      }, frames),
    );
    // Time of the processor, not of the clock, so that a busy machine changes nothing. Drawing all rows takes many hundreds.
    expect(costMs / frames).toBeLessThan(100);
    await page.getByRole('grid').focus();
    await page.keyboard.press('End');
    await page.locator(`.list-row[data-name="w-0999"]`).waitFor(limit);
    expect(problems).toEqual([]);
    client.close();
    await page.context().close();
  });
});

/** The processor time that the page's main thread takes for something. */
async function mainThreadMs(page: Page, act: () => Promise<unknown>): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const taken = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find((one) => one.name === 'TaskDuration')?.value ?? 0) * 1000;
  };
  const before = await taken();
  await act();
  return (await taken()) - before;
}
