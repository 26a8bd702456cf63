import { z } from 'zod';
import { idSchema, snapshotKindSchema } from './schemas.ts';

/** Names a group: all workloads that carry this label with this value. A compose project is `com.docker.compose.project`. */
export const groupKeySchema = z.strictObject({ key: z.string().min(1).max(256), value: z.string().max(256) });
export type GroupKey = z.infer<typeof groupKeySchema>;

/** Workloads that share a label. */
export const groupSchema = z.object({
  key: z.string(),
  value: z.string(),
  /** Ids, oldest first. */
  workloads: z.array(z.string()),
  /** How many of them run now. */
  running: z.number(),
});
export type Group = z.infer<typeof groupSchema>;

/** The snapshots of several workloads that were taken at one point in time. */
export const groupSnapshotSchema = z.object({
  id: z.string(),
  name: z.string(),
  createdAtMs: z.number(),
  members: z.array(
    z.object({
      workloadId: idSchema,
      snapshotId: idSchema,
      kind: snapshotKindSchema,
      /** What the workload did at that moment; a restore of the group brings it back to that. */
      was: z.enum(['running', 'paused', 'stopped']),
    }),
  ),
  /** Workloads that are in the group today and have no part in it: ids. A restore leaves them as they are. */
  missing: z.array(z.string()),
});
export type GroupSnapshot = z.infer<typeof groupSnapshotSchema>;
