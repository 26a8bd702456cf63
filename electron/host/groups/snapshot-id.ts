import { randomBytes } from 'node:crypto';

/** What a workload did when the snapshot of its group was taken. */
export type Was = 'running' | 'paused' | 'stopped';

const letters = { running: 'r', paused: 'p', stopped: 's' } as const;
const words: Record<string, Was> = { r: 'running', p: 'paused', s: 'stopped' };

/** The id of a new snapshot of a group. */
export const newGroupSnapshotId = (): string => `g${randomBytes(8).toString('hex')}`;

/**
 * The id of one member's part. It says to which group snapshot it belongs and what the workload did then: the drivers
 * keep their trees by themselves, so that a group is known again after the inventory was lost.
 */
export const memberSnapshotId = (groupSnapshotId: string, was: Was): string =>
  `${groupSnapshotId}-${letters[was]}${randomBytes(4).toString('hex')}`;

/** The inverse of `memberSnapshotId`; null for a snapshot that belongs to no group. */
export function readMemberSnapshotId(id: string): { groupSnapshotId: string; was: Was } | null {
  const [, groupSnapshotId, letter] = /^(g[0-9a-f]{16})-([rps])[0-9a-f]{8}$/.exec(id) ?? [];
  const was = letter === undefined ? undefined : words[letter];
  return groupSnapshotId === undefined || was === undefined ? null : { groupSnapshotId, was };
}
