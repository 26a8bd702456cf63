import type { ClientBytes } from '../../../../electron/bridge/client.ts';
import { vncChannel } from './vnc-channel.ts';

/** Keys of a combination, pressed in order and let go in reverse: X11's keysym (keysymdef.h) and the key's code. */
export type KeyCombination = readonly (readonly [keysym: number, code: string])[];

const control = [0xffe3, 'ControlLeft'] as const;
const alt = [0xffe9, 'AltLeft'] as const;

/** Combinations that the system or the window would take for itself. */
export const combinations = {
  ctrlAltDelete: [control, alt, [0xffff, 'Delete']],
  escape: [[0xff1b, 'Escape']],
  ctrlAltF1: [control, alt, [0xffbe, 'F1']],
  ctrlAltF2: [control, alt, [0xffbf, 'F2']],
  altTab: [alt, [0xff09, 'Tab']],
  super: [[0xffeb, 'MetaLeft']],
} as const satisfies Record<string, KeyCombination>;

/** A guest's screen outside React. The maker disposes. */
export type VncView = {
  focus(): void;
  send(keys: KeyCombination): void;
  setScale(fit: boolean): void;
  dispose(): void;
};

/**
 * Shows a stream that speaks RFB in `place`. The clipboard goes neither way: nothing listens to what a guest copies, and nothing is
 * pasted. `onEnd` is called once, when the stream has ended by itself.
 */
export async function createVncView(
  place: HTMLElement,
  bytes: ClientBytes,
  options: { writable: boolean; fit: boolean; label: string; onConnect(): void; onEnd(): void },
): Promise<VncView> {
  // Large, and only machines with a display need it.
  const { default: Rfb } = await import('@novnc/novnc');
  const { channel, start } = vncChannel(bytes);
  const rfb = new Rfb(place, channel, { shared: true });
  rfb.background = 'transparent';
  rfb.viewOnly = !options.writable;
  rfb.scaleViewport = options.fit;
  let disposed = false;
  rfb.addEventListener('connect', () => {
    const canvas = place.querySelector('canvas');
    // Reached with Tab like everything else.
    canvas?.setAttribute('tabindex', '0');
    canvas?.setAttribute('role', 'application');
    canvas?.setAttribute('aria-label', options.label);
    options.onConnect();
  });
  rfb.addEventListener('disconnect', () => {
    if (!disposed) options.onEnd();
  });
  start();
  return {
    focus: () => rfb.focus({ preventScroll: true }),
    send(keys) {
      for (const [keysym, code] of keys) rfb.sendKey(keysym, code, true);
      for (const [keysym, code] of keys.toReversed()) rfb.sendKey(keysym, code, false);
    },
    setScale(fit) {
      rfb.scaleViewport = fit;
    },
    dispose() {
      disposed = true;
      rfb.disconnect();
      bytes.close();
      place.replaceChildren();
    },
  };
}
