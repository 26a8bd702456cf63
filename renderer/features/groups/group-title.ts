import { composeProjectLabel, type GroupKey } from '../../../electron/bridge/contract.ts';

/** What a group is called: a project by its name, any other by label and value. Pure. */
export function groupTitle({ key, value }: GroupKey): string {
  if (key === composeProjectLabel) return value;
  return value === '' ? key : `${key}=${value}`;
}
