import { contextBridge, ipcRenderer } from 'electron';
import { channels } from './desktop/channels.ts';

/** Entry point in the page's isolated world: hands the bridge's port over and offers the native dialogs. No logic. */
window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const data = event.data as { type?: unknown } | null;
  if (event.source !== window || data?.type !== 'novacron-port-request') return;
  ipcRenderer.send(channels.requestPort);
});
ipcRenderer.on(channels.port, (event) => {
  // A port can't cross the context bridge; a message within the page can carry it.
  window.postMessage({ type: 'novacron-port' }, window.origin, event.ports);
});
contextBridge.exposeInMainWorld('novacronDesktop', {
  pickFile: (options: unknown): Promise<unknown> => ipcRenderer.invoke(channels.pickFile, options),
});
