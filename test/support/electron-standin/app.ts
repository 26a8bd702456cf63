import { EventEmitter } from 'node:events';
import { tell } from './messages.ts';

/** An event with `preventDefault`, as Electron's are. */
export class StandInEvent {
  defaultPrevented = false;
  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

/** `app`: ready once the entry module was evaluated, as Electron does it for modules. */
class StandInApp extends EventEmitter {
  private readonly ready = Promise.withResolvers<void>();
  private quitting = false;
  isPackaged = false;

  constructor() {
    super();
    // Electron waits for the entry module; a module that awaits `whenReady` at its top level would wait for ever there.
    setImmediate(() => {
      this.ready.resolve();
    });
  }

  whenReady(): Promise<void> {
    return this.ready.promise;
  }

  requestSingleInstanceLock(): boolean {
    return process.env['STANDIN_SECOND_INSTANCE'] !== '1';
  }

  enableSandbox(): void {
    tell({ type: 'sandboxed' });
  }

  quit(): void {
    const event = new StandInEvent();
    this.emit('before-quit', event);
    if (event.defaultPrevented || this.quitting) return;
    this.quitting = true;
    closeWindows();
    this.exit(0);
  }

  exit(code: number): void {
    tell({ type: 'quitting' });
    void closeBrowser().finally(() => {
      process.exit(code);
    });
  }
}

let closeWindows: () => void = () => undefined;
let closeBrowser: () => Promise<void> = () => Promise.resolve();
/** Set by the window: what a quit closes first, and what an exit has to free. */
export function onExit(close: () => void, free: () => Promise<void>): void {
  closeWindows = close;
  closeBrowser = free;
}

/** The stand-in for `app`. */
export const app = new StandInApp();
