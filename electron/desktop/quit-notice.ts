import { dialog } from 'electron';
import type { Handlers } from '../bridge/handlers.ts';

/** Says, the first time only, that machines go on after the application has quit. Never asks and never holds the quit up by a failure. */
export async function showQuitNotice(handlers: Handlers, anythingRuns: boolean): Promise<void> {
  if (!anythingRuns) return;
  const context = { signal: new AbortController().signal };
  const settings = await handlers['settings.get']({}, context);
  if (settings.quitNoticeShown) return;
  await dialog.showMessageBox({
    type: 'info',
    message: 'Your machines keep running',
    detail: 'Quitting NovaCron closes only its window. You find everything as it is when you open NovaCron again.',
    buttons: ['OK'],
  });
  await handlers['settings.set']({ quitNoticeShown: true }, context);
}
