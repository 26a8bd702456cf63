import { dialog } from 'electron';
import type { BridgeClient } from '../bridge/client.ts';

/** Says, the first time only, that machines go on after the application has quit. Never asks and never holds the quit up by a failure. */
export async function showQuitNotice(client: BridgeClient, anythingRuns: boolean): Promise<void> {
  if (!anythingRuns) return;
  const settings = await client.call('settings.get', {});
  if (settings.quitNoticeShown) return;
  await dialog.showMessageBox({
    type: 'info',
    message: 'Your machines keep running',
    detail: 'Quitting NovaCron closes only its window. You find everything as it is when you open NovaCron again.',
    buttons: ['OK'],
  });
  await client.call('settings.set', { quitNoticeShown: true });
}
