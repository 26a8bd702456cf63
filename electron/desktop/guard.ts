import { app, dialog, session, shell, type WebContents } from 'electron';
import { isOwnPage, isWebAddress } from './origin.ts';

/** Refuses everything that the page does not need: permissions, navigation, windows, frames of others, downloads. */
export function guardEverything(): void {
  const { defaultSession } = session;
  // What the console's copy and paste and a guest's screen need; nothing else is asked for.
  const allowed = new Set(['clipboard-sanitized-write', 'clipboard-read', 'fullscreen']);
  const permits = (permission: string, url: string): boolean => allowed.has(permission) && isOwnPage(url);
  defaultSession.setPermissionRequestHandler((contents, permission, callback) => {
    callback(permits(permission, contents.getURL()));
  });
  defaultSession.setPermissionCheckHandler((_contents, permission, origin) => permits(permission, origin));
  defaultSession.setDevicePermissionHandler(() => false);
  defaultSession.on('will-download', (event) => {
    event.preventDefault();
  });
  app.on('web-contents-created', (_event, contents) => {
    guardContents(contents);
  });
}

function guardContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!isOwnPage(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => {
    if (!isOwnPage(event.url)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
  contents.setWindowOpenHandler(({ url }) => {
    if (isWebAddress(url)) void offerOutside(url);
    return { action: 'deny' };
  });
}

/** A link may come from a guest's output: the user sees where it leads before it opens. */
async function offerOutside(url: string): Promise<void> {
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: 'Open this address in the browser?',
    detail: url,
    buttons: ['Open', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
  });
  if (response === 0) await shell.openExternal(url);
}
