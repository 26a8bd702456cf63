import { Menu, type MenuItemConstructorOptions, type NativeImage, Tray } from 'electron';
import type { RunningWorkload } from './running.ts';

/** More names than this make the menu unusable. */
const shownWorkloads = 15;

/** What the tray's entries do. */
export type TrayActions = { show(): void; quit(): void };

/** The tray's menu: what runs, then the window and the end. */
export function trayTemplate(running: readonly RunningWorkload[], actions: TrayActions): MenuItemConstructorOptions[] {
  const shown = running.slice(0, shownWorkloads);
  const more = running.length - shown.length;
  return [
    { label: running.length === 0 ? 'Nothing is running' : `${running.length} running`, enabled: false },
    ...shown.map(
      (workload): MenuItemConstructorOptions => ({
        label: workload.phase === 'paused' ? `${workload.name} (paused)` : workload.name,
        click: () => actions.show(),
      }),
    ),
    ...(more > 0 ? [{ label: `and ${more} more`, click: () => actions.show() }] : []),
    { type: 'separator' },
    { label: 'Show NovaCron', click: () => actions.show() },
    { label: 'Quit (machines keep running)', click: () => actions.quit() },
  ];
}

/** Shows the tray; `update` redraws it. Null on desktops without a tray. */
export function openTray(icon: NativeImage, actions: TrayActions): { update(running: RunningWorkload[]): void } | null {
  let tray: Tray;
  try {
    tray = new Tray(icon);
  } catch {
    // Some Linux desktops have none; the window does all that the tray does.
    return null;
  }
  tray.setToolTip('NovaCron');
  tray.on('click', () => actions.show());
  const update = (running: RunningWorkload[]): void => {
    tray.setContextMenu(Menu.buildFromTemplate(trayTemplate(running, actions)));
  };
  update([]);
  return { update };
}
