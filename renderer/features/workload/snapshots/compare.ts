import type { SnapshotDiffView } from '../../../../electron/bridge/contract.ts';

/** One file of a difference. */
export type FileChange = NonNullable<SnapshotDiffView['files']>[number];
/** What a file's change can be, in display order. */
export const fileChanges = ['added', 'changed', 'removed'] as const;

/** How many files there are of each change. Pure. */
export function countFiles(files: readonly FileChange[]): Record<FileChange['change'], number> {
  const counts = { added: 0, changed: 0, removed: 0 };
  for (const one of files) counts[one.change] += 1;
  return counts;
}

/** The files whose path holds the text, in any case, and whose change is shown. Pure. */
export function filterFiles(
  files: readonly FileChange[],
  text: string,
  shown: FileChange['change'] | 'all',
): FileChange[] {
  const wanted = text.trim().toLowerCase();
  return files.filter(
    (one) => (shown === 'all' || one.change === shown) && (wanted === '' || one.path.toLowerCase().includes(wanted)),
  );
}

/** By path, or the largest first. Pure. */
export function sortFiles(files: readonly FileChange[], by: 'path' | 'size'): FileChange[] {
  return by === 'path' ? [...files] : files.toSorted((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0));
}
