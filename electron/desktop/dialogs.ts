import { BrowserWindow, dialog, ipcMain } from 'electron';
import { z } from 'zod';
import { isTrustedFrame } from './bridge-port.ts';
import { channels } from './channels.ts';

const pickSchema = z.strictObject({
  title: z.string().max(200).optional(),
  /** Endings without dots, such as `qcow2`; all files where absent. */
  extensions: z
    .array(z.string().regex(/^[A-Za-z0-9]{1,12}$/))
    .max(20)
    .optional(),
  /** Chooses a folder in place of a file. */
  folder: z.boolean().optional(),
});

/** Answers the page's wish for a file with its path, or null when the user gave up. */
export function offerDialogs(): void {
  ipcMain.handle(channels.pickFile, async (event, input: unknown): Promise<string | null> => {
    if (!isTrustedFrame(event.senderFrame)) return null;
    const options = pickSchema.parse(input ?? {});
    const window = BrowserWindow.fromWebContents(event.sender);
    if (window === null) return null;
    const { canceled, filePaths } = await dialog.showOpenDialog(window, {
      ...(options.title === undefined ? {} : { title: options.title }),
      properties: [options.folder === true ? 'openDirectory' : 'openFile'],
      filters: [
        ...(options.extensions === undefined ? [] : [{ name: 'Images', extensions: options.extensions }]),
        { name: 'All files', extensions: ['*'] },
      ],
    });
    return canceled ? null : (filePaths[0] ?? null);
  });
}
