import { join } from 'node:path';
import { app, type BrowserWindow, dialog, Menu, nativeImage, shell } from 'electron';
import type { BridgeClient } from '../bridge/client.ts';
import { errorData } from '../bridge/contract.ts';
import { offerBridge } from './bridge-port.ts';
import { offerDialogs } from './dialogs.ts';
import { guardEverything } from './guard.ts';
import { openHostAccess } from './host-access.ts';
import { menuTemplate } from './menu.ts';
import { isNoticed, showNotice } from './notices.ts';
import { registerScheme, servePage } from './protocol.ts';
import { showQuitNotice } from './quit-notice.ts';
import { createRunningList } from './running.ts';
import { openTray } from './tray.ts';
import { openWindow } from './window.ts';

/** Where the parts of the built application lie. */
export type DesktopOptions = {
  preload: string;
  pageDirectory: string;
  iconDirectory: string;
  env: Record<string, string | undefined>;
};

/** Runs the desktop application until it quits. A second instance shows the window of the first and ends. */
export async function runDesktop(options: DesktopOptions): Promise<void> {
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  // Both must be set before the application is ready.
  app.enableSandbox();
  registerScheme();
  await app.whenReady();
  guardEverything();
  servePage(options.pageDirectory);
  try {
    await open(options);
  } catch (error) {
    // Called without `await`: this is the last place that can tell.
    const data = errorData(error);
    dialog.showErrorBox('NovaCron can not start', data.message);
    app.exit(1);
  }
}

async function open(options: DesktopOptions): Promise<void> {
  const onInternalError = (method: string, error: unknown): void => {
    console.error(`novacron: ${method}:`, error);
  };
  const access = await openHostAccess(options.env, onInternalError);
  const { directories, client } = access;
  offerBridge((link) => {
    access.serve(link);
  });
  offerDialogs();

  const icon = join(options.iconDirectory, 'icon.png');
  let window: BrowserWindow | null = null;
  const show = (): void => {
    if (window === null || window.isDestroyed()) {
      window = openWindow({ preload: options.preload, icon, stateFile: join(directories.data, 'window.json') });
      return;
    }
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate(process.platform, () => {
        void shell.openPath(directories.data);
      }),
    ),
  );
  const tray = openTray(nativeImage.createFromPath(join(options.iconDirectory, 'tray.png')), {
    show,
    quit: () => {
      app.quit();
    },
  });
  app.on('second-instance', show);
  app.on('activate', show);
  app.on('window-all-closed', () => {
    // With a tray the application stays there; without, nothing would be left to bring it back.
    if (tray === null) app.quit();
  });

  const closing = new AbortController();
  const running = createRunningList();
  let anythingRuns = false;
  let shownList = '';
  void follow(client, closing.signal, {
    onState: (message) => {
      const list = running.apply(message);
      anythingRuns = list.length > 0;
      // Most messages are about something else; some desktops close an open menu when it is replaced.
      const text = JSON.stringify(list);
      if (text !== shownList) tray?.update(list);
      shownList = text;
    },
    onEvent: (event) => {
      if (isNoticed(event) && window?.isFocused() !== true) showNotice(event, show);
    },
  });
  quitInOrder(async () => {
    await showQuitNotice(client, anythingRuns);
    closing.abort();
    await access.close();
  });
  show();
}

type Followers = {
  onState(message: Parameters<ReturnType<typeof createRunningList>['apply']>[0]): void;
  onEvent(event: Parameters<typeof isNoticed>[0]): void;
};

/** Follows the host for as long as the application runs, also from one host to the next. */
async function follow(client: BridgeClient, signal: AbortSignal, followers: Followers): Promise<void> {
  const again = async (read: () => Promise<void>): Promise<void> => {
    while (!signal.aborted) {
      try {
        await read();
      } catch (error) {
        // A host that ended is found again by the client, or the next one is.
        if (!signal.aborted && errorData(error).code !== 'engine_unavailable') {
          console.error('novacron: the tray no longer follows:', error);
          return;
        }
      }
    }
  };
  await Promise.all([
    again(async () => {
      for await (const message of client.stream('state.subscribe', {}, { signal })) followers.onState(message);
    }),
    again(async () => {
      for await (const event of client.stream('events.subscribe', {}, { signal })) followers.onEvent(event);
    }),
  ]);
}

/** Lets the application quit only after `end` has closed the host; a second quit in the meantime changes nothing. */
function quitInOrder(end: () => Promise<void>): void {
  let ended = false;
  let ending: Promise<void> | null = null;
  app.on('before-quit', (event) => {
    if (ended) return;
    event.preventDefault();
    ending ??= end()
      .catch((error: unknown) => {
        console.error('novacron: closing failed:', error);
      })
      .then(() => {
        ended = true;
        return app.quit();
      });
  });
}
