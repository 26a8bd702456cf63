import type { ForeignView } from '../../../electron/bridge/contract.ts';

/** What was found in one project of one engine; `project` is null for those that belong to none. */
export type FoundGroup = { key: string; project: string | null; endpoint: string | undefined; members: ForeignView[] };

/** By project and engine, projects first, all by name. Pure. */
export function byProject(found: readonly ForeignView[]): FoundGroup[] {
  const groups = new Map<string, FoundGroup>();
  for (const one of found) {
    const project = one.project ?? null;
    const endpoint = project === null ? undefined : one.endpoint;
    const key = JSON.stringify(project === null ? null : [one.driver, endpoint ?? '', project]);
    const group = groups.get(key) ?? { key, project, endpoint, members: [] };
    group.members.push(one);
    groups.set(key, group);
  }
  for (const group of groups.values()) group.members.sort((a, b) => a.name.localeCompare(b.name));
  const rank = (group: FoundGroup) => (group.project === null ? 1 : 0);
  return [...groups.values()].toSorted(
    (a, b) => rank(a) - rank(b) || (a.project ?? '').localeCompare(b.project ?? '') || a.key.localeCompare(b.key),
  );
}
