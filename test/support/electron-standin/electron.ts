import { obey } from './control.ts';
import type { ToStandIn } from './messages.ts';

/*
 * What `import ... from 'electron'` gets in the test: the same names over a real Chromium page. What it can't show: the
 * two worlds of contextIsolation (the preload shares the page's), the operating system's sandbox, real menus and trays.
 */
export { app } from './app.ts';
export { dialog, Menu, Notification, nativeImage, protocol, screen, session, shell, Tray } from './parts.ts';
export { StandInChannel as MessageChannelMain } from './ports.ts';
export { BrowserWindow, ipcMain } from './window.ts';

process.on('message', (message: ToStandIn) => {
  void obey(message);
});
