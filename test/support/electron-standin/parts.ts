import { EventEmitter } from 'node:events';
import { tell } from './messages.ts';

type Item = { label?: string; click?: () => void };
type Handler = (request: Request) => Promise<Response>;

/** What message boxes and file dialogs answer. */
export const answers = { response: 0, filePaths: [] as string[] };

/** `dialog`: tells the test what was shown and answers what the test wants. */
export const dialog = {
  showMessageBox: (options: unknown) => {
    tell({ type: 'dialog', kind: 'message', options });
    return Promise.resolve({ response: answers.response, checkboxChecked: false });
  },
  showOpenDialog: (_window: unknown, options: unknown) => {
    tell({ type: 'dialog', kind: 'open', options });
    return Promise.resolve({ canceled: answers.filePaths.length === 0, filePaths: answers.filePaths });
  },
  showErrorBox: (title: string, content: string) => {
    tell({ type: 'dialog', kind: 'error', options: { title, content } });
  },
};

/** `shell`. */
export const shell = {
  openExternal: (url: string) => {
    tell({ type: 'external', url });
    return Promise.resolve();
  },
  openPath: () => Promise.resolve(''),
};

/** `Menu`. */
export const Menu = {
  buildFromTemplate: (template: Item[]) => ({ items: template }),
  setApplicationMenu: () => undefined,
};

let trayItems: Item[] = [];
/** `Tray`: its labels go to the test. */
export class Tray extends EventEmitter {
  setToolTip(): void {}
  setContextMenu(menu: { items: Item[] }): void {
    trayItems = menu.items;
    tell({ type: 'tray', labels: trayItems.map((item) => item.label ?? '-') });
  }
}
/** A click on an entry of the tray's menu. */
export function clickTray(label: string): void {
  trayItems.find((item) => item.label === label)?.click?.();
}

/** `Notification`. */
export class Notification extends EventEmitter {
  static isSupported(): boolean {
    return true;
  }
  private readonly options: { title: string; body: string };
  constructor(options: { title: string; body: string }) {
    super();
    this.options = options;
  }
  show(): void {
    tell({ type: 'notification', ...this.options });
  }
}

/** `nativeImage`. */
export const nativeImage = { createFromPath: (path: string) => ({ path }) };
/** `screen`. */
export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] };

let handler: Handler | null = null;
/** `protocol`: one scheme, registered before it is handled. */
export const protocol = {
  registered: [] as unknown[],
  registerSchemesAsPrivileged(schemes: unknown[]) {
    protocol.registered.push(...schemes);
  },
  handle(scheme: string, answer: Handler) {
    if (scheme !== 'app' || protocol.registered.length === 0) throw new Error('app: was not registered in time.');
    handler = answer;
  },
};
/** What the application answers for an address of its own. */
export function answerOf(url: string, method: string): Promise<Response> {
  if (handler === null) throw new Error('No protocol handler.');
  // A standard scheme has a host and a path also in Electron's Request; Node's takes any scheme.
  return handler(new Request(url, { method }));
}

type PermissionRequest = (contents: { getURL(): string }, permission: string, callback: (ok: boolean) => void) => void;
type PermissionCheck = (contents: null, permission: string, origin: string) => boolean;
/** The handlers that the application set on its session. */
export const guards: { request: PermissionRequest | null; check: PermissionCheck | null } = {
  request: null,
  check: null,
};
/** `session`. */
export const session = {
  defaultSession: Object.assign(new EventEmitter(), {
    setPermissionRequestHandler: (value: PermissionRequest) => {
      guards.request = value;
    },
    setPermissionCheckHandler: (value: PermissionCheck) => {
      guards.check = value;
    },
    setDevicePermissionHandler: () => undefined,
  }),
};
