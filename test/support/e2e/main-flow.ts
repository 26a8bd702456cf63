import type { Page } from 'playwright';
import { expect } from 'vitest';

/** A guest boots, emulated, on a busy machine with two cores. */
const slow = { timeout: 90_000, interval: 200 };

/** The text of the console as it is shown. */
export const consoleText = (page: Page): Promise<string> => page.locator('.xterm-rows').innerText();

/**
 * What NovaCron is for, by the window alone: a machine from the demo guest with two clicks, typing into its console, a
 * snapshot, breaking the guest, and back. The page shows an empty list at the beginning.
 */
export async function mainFlow(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Nothing runs here yet' }).waitFor();
  await page.getByRole('button', { name: 'New workload' }).first().click();
  await page.getByRole('button', { name: 'Create and start' }).click();
  await page.getByRole('tab', { name: 'Console' }).click();
  await expect.poll(() => consoleText(page), slow).toContain('demo:~#');
  await type(page, 'echo first > /data/f; sync; echo done-$((1+1))');
  await expect.poll(() => consoleText(page), slow).toContain('done-2');

  await page.getByRole('tab', { name: 'Snapshots' }).click();
  await page.getByPlaceholder('Name (a time by default)').fill('before');
  await page.getByRole('tabpanel').getByRole('button', { name: 'Take snapshot' }).click();
  const before = page.getByRole('option', { name: /before/ });
  await before.waitFor();

  await page.getByRole('tab', { name: 'Console' }).click();
  await type(page, 'rm /data/f; ls /data; echo gone-$((2+2))');
  await expect.poll(() => consoleText(page), slow).toContain('gone-4');

  await page.getByRole('tab', { name: 'Snapshots' }).click();
  await before.click();
  await page.getByRole('button', { name: 'Go back to this' }).click();
  await page.getByText('Back at before.').waitFor();
  // The automatic restore point stands beside it: the state before is not lost.
  await expect.poll(() => page.getByRole('option').count(), slow).toBeGreaterThan(1);
  await page.getByRole('tab', { name: 'Console' }).click();
  await type(page, 'echo back-$(cat /data/f)');
  await expect.poll(() => consoleText(page), slow).toContain('back-first');
}

async function type(page: Page, line: string): Promise<void> {
  await page.locator('.xterm-screen').click();
  await page.keyboard.type(`${line}\n`);
}
