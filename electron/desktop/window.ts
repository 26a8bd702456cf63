import { BrowserWindow, type BrowserWindowConstructorOptions, screen } from 'electron';
import { pageUrl } from './origin.ts';
import { isVisible, readWindowState, type WindowState, writeWindowState } from './window-state.ts';

/** The options of the window. Pure, so that a test can hold them against the rules. */
export function windowOptions(
  preload: string,
  icon: string,
  state: WindowState | null,
): BrowserWindowConstructorOptions {
  return {
    title: 'NovaCron',
    icon,
    width: state?.width ?? 1280,
    height: state?.height ?? 800,
    ...(state === null ? {} : { x: state.x, y: state.y }),
    minWidth: 720,
    minHeight: 480,
    // Shown when it has something to show: no white flash.
    show: false,
    backgroundColor: '#16181d',
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      // Consoles and sparklines go on while another window is in front.
      backgroundThrottling: false,
    },
  };
}

/** Opens the window where it was the last time. */
export function openWindow(options: { preload: string; icon: string; stateFile: string }): BrowserWindow {
  const saved = readWindowState(options.stateFile);
  const areas = screen.getAllDisplays().map((display) => display.workArea);
  const state = saved !== null && isVisible(saved, areas) ? saved : null;
  const window = new BrowserWindow(windowOptions(options.preload, options.icon, state));
  if (state?.maximized === true) window.maximize();
  window.once('ready-to-show', () => {
    window.show();
  });
  window.on('close', () => {
    try {
      writeWindowState(options.stateFile, { ...window.getNormalBounds(), maximized: window.isMaximized() });
    } catch (error) {
      // A full disk must not keep the window open.
      console.error(`The window's place was not saved: ${String(error)}`);
    }
  });
  void window.loadURL(pageUrl);
  return window;
}
