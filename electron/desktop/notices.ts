import { Notification } from 'electron';
import type { HostEvent } from '../bridge/contract.ts';

/** Kinds of events that a user wants to know of when the window is not in front. */
const noticed = new Set(['crashed']);

/** Whether an event is worth a notice of the desktop. */
export function isNoticed(event: HostEvent): boolean {
  return noticed.has(event.kind) || event.level === 'error';
}

/** Shows an event on the desktop; a click brings the window. */
export function showNotice(event: HostEvent, show: () => void): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({
    title: event.kind === 'crashed' ? 'A workload crashed' : 'NovaCron',
    body: event.message,
  });
  notification.on('click', show);
  notification.show();
}
