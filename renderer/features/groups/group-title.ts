import type { GroupKey } from '../../../electron/bridge/contract.ts';

/** The label by which Compose marks its projects. Source: Compose specification. */
export const composeKey = 'com.docker.compose.project';

/** Labels that Compose writes for itself: as groups they would only repeat its projects. */
export const isNoise = (key: string): boolean => key.startsWith('com.docker.compose.') && key !== composeKey;

/** What a group is called: a project by its name, any other by label and value. Pure. */
export function groupTitle({ key, value }: GroupKey): string {
  if (key === composeKey) return value;
  return value === '' ? key : `${key}=${value}`;
}
