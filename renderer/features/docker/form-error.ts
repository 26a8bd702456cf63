import type { ErrorData } from '../../../electron/bridge/contract.ts';
import type { Settings } from './settings.ts';

/** A fault of one setting: its dotted path within the settings, and why. */
export type SettingError = { path: string; why: string };

/** The setting that an error of the host names; null for an error of something else. Pure. */
export function settingError(error: ErrorData | null): SettingError | null {
  const field = error?.details['field'];
  if (error === null || typeof field !== 'string' || !field.startsWith('settings.')) return null;
  const why = error.details['why'];
  return { path: field.slice('settings.'.length), why: typeof why === 'string' ? why : error.message };
}

/** Whether nothing was typed yet at the place of an error: then it is not shown while the user is still at work. Pure. */
export function isUntouched(settings: Settings, path: string): boolean {
  let here: unknown = settings;
  for (const key of path.split('.')) {
    if (typeof here !== 'object' || here === null) return true;
    here = (here as Record<string, unknown>)[key];
  }
  return here === undefined || here === null || here === '' || (Array.isArray(here) && here.length === 0);
}

/** The words of an error for the field at `path`: of itself, or of what lies in it. Pure. */
export function errorAt(error: SettingError | null, path: string): string | null {
  if (error === null) return null;
  return error.path === path || error.path.startsWith(`${path}.`) ? error.why : null;
}

/** The words of an error that is about a list as a whole, or about an entry without a field of its own. Pure. */
export function errorOfList(error: SettingError | null, path: string): string | null {
  if (error === null) return null;
  return error.path === path || new RegExp(`^${path}\\.\\d+$`).test(error.path) ? error.why : null;
}
