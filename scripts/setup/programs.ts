import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Path of the first of `names` that can be run, or null. */
export function findProgram(names: readonly string[], searchPath = process.env['PATH'] ?? ''): string | null {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  for (const name of names) {
    for (const directory of searchPath.split(delimiter)) {
      const path = join(directory, name + suffix);
      if (directory !== '' && isExecutable(path)) return path;
    }
  }
  return null;
}

/** A Chromium or Chrome of this machine, or null. */
export function findChromium(): string | null {
  const found = findProgram(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']);
  if (found !== null) return found;
  const elsewhere = [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ];
  return elsewhere.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
