import { ipcMain, MessageChannelMain, type WebFrameMain } from 'electron';
import type { Link } from '../bridge/link.ts';
import { portLink } from '../bridge/transports/message-port.ts';
import { channels } from './channels.ts';
import { isOwnPage } from './origin.ts';

/** True for the top frame of our own page: frames of others could only get here by a hole, and get nothing. */
export function isTrustedFrame(frame: WebFrameMain | null): frame is WebFrameMain {
  return frame !== null && frame.parent === null && isOwnPage(frame.url);
}

/** Gives each page that asks a port of its own to the host. A closed page closes its port, which ends its calls. */
export function offerBridge(serve: (link: Link) => void): void {
  ipcMain.on(channels.requestPort, (event) => {
    const frame = event.senderFrame;
    if (!isTrustedFrame(frame)) return;
    const { port1, port2 } = new MessageChannelMain();
    serve(portLink(port1));
    frame.postMessage(channels.port, null, [port2]);
  });
}
