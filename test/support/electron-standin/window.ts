import { EventEmitter } from 'node:events';
import { app, onExit, StandInEvent } from './app.ts';
import { type ToStandIn, tell } from './messages.ts';
import { openStandInPage, type StandInPage, toApp, toShown } from './page.ts';
import { answerOf } from './parts.ts';
import { endAllPorts, mainEnd } from './ports.ts';
import { toWire } from './wire.ts';

type InvokeHandler = (event: unknown, ...args: unknown[]) => unknown;
type OpenHandler = (details: { url: string }) => { action: string };

/** `ipcMain`. */
class StandInIpc extends EventEmitter {
  readonly handlers = new Map<string, InvokeHandler>();
  handle(channel: string, handler: InvokeHandler): void {
    this.handlers.set(channel, handler);
  }
}
/** The stand-in for `ipcMain`. */
export const ipcMain = new StandInIpc();

/** `WebContents`, as far as the guard needs it. */
class StandInContents extends EventEmitter {
  openHandler: OpenHandler | null = null;
  url = '';
  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler;
  }
  getURL(): string {
    return this.url;
  }
}

const windows = new Map<StandInContents, BrowserWindow>();

/** `BrowserWindow`: a page in a real Chromium. */
export class BrowserWindow extends EventEmitter {
  readonly webContents = new StandInContents();
  private readonly preload: string;
  private shown: StandInPage | null = null;
  private destroyed = false;

  constructor(options: { webPreferences?: { preload?: string } }) {
    super();
    this.preload = options.webPreferences?.preload ?? '';
    windows.set(this.webContents, this);
    tell({ type: 'window', options: JSON.parse(JSON.stringify(options)) as Record<string, unknown> });
    app.emit('web-contents-created', new StandInEvent(), this.webContents);
    onExit(
      () => this.emit('close'),
      () => this.end(),
    );
  }

  static fromWebContents(contents: StandInContents): BrowserWindow | null {
    return windows.get(contents) ?? null;
  }

  async loadURL(url: string): Promise<void> {
    this.webContents.url = url;
    const shown = await openStandInPage(
      this.preload,
      {
        send: (channel, args) => ipcMain.emit(channel, this.eventOf(url, true), ...args),
        invoke: async (channel, args) => ipcMain.handlers.get(channel)?.(this.eventOf(url, true), ...args),
        portMessage: (port, value) => mainEnd(port)?.take(value),
        portClosed: (port) => mainEnd(port)?.ended(),
      },
      answerOf,
    );
    this.shown = shown;
    shown.page.on('close', () => {
      endAllPorts();
      this.destroyed = true;
      app.emit('window-all-closed');
    });
    // A reload ends the ports of the page before.
    shown.page.on('framenavigated', (frame) => {
      if (frame === shown.page.mainFrame()) this.webContents.url = toApp(frame.url());
    });
    await shown.page.goto(toShown(url));
    tell({ type: 'page', endpoint: shown.endpoint });
    this.emit('ready-to-show');
  }

  /** The event of a message from a frame with this address. */
  eventOf(url: string, top: boolean): unknown {
    return {
      sender: this.webContents,
      senderFrame: {
        url,
        parent: top ? null : { url: 'https://other.test/' },
        postMessage: (channel: string, value: unknown, ports: { standInPort: number }[]) => {
          this.postToPage(
            channel,
            value,
            ports.map((port) => port.standInPort),
          );
        },
      },
    };
  }

  private postToPage(channel: string, value: unknown, ids: number[]): void {
    const page = this.shown?.page;
    if (page === undefined) throw new Error('The page is not open.');
    const run = (code: string): void => {
      // A page that closes takes what is on its way with it, as a real one does.
      void page.evaluate(code).catch(() => undefined);
    };
    const list = (values: unknown[]): string => values.map((one) => JSON.stringify(one)).join(',');
    run(`window.__standIn.message(${list([channel, value, ids])})`);
    for (const id of ids) {
      mainEnd(id)?.connect({
        deliver: (port, data) => run(`window.__standIn.deliver(${list([port, toWire(data)])})`),
        close: (port) => run(`window.__standIn.close(${port})`),
      });
    }
  }

  async end(): Promise<void> {
    await this.shown?.close();
  }
  show(): void {}
  focus(): void {}
  maximize(): void {}
  restore(): void {}
  isMinimized(): boolean {
    return false;
  }
  isMaximized(): boolean {
    return false;
  }
  isDestroyed(): boolean {
    return this.destroyed;
  }
  isFocused(): boolean {
    return false;
  }
  getNormalBounds(): { x: number; y: number; width: number; height: number } {
    return { x: 10, y: 20, width: 1280, height: 800 };
  }
}

/** The one window; throws before it is there. */
export function theWindow(): BrowserWindow {
  const window = [...windows.values()].at(-1);
  if (window === undefined) throw new Error('No window is open.');
  return window;
}

/** Sends a port request as a frame of another address would. */
export function foreignPortRequest(message: Extract<ToStandIn, { type: 'foreign-port-request' }>): void {
  ipcMain.emit('novacron:request-port', theWindow().eventOf(message.url, message.top));
}
