import { z } from 'zod';
import { snapshotNameSchema } from '../../../drivers/spec.ts';
import * as s from '../schemas.ts';
import * as g from '../schemas-groups.ts';
import { command, query } from './kinds.ts';

/** Long commands answer with their job at once; the job goes on when the connection closes. */
const job = z.object({ job: s.jobSchema });
const group = z.strictObject({ group: g.groupKeySchema });

/** Workloads that share a label. */
export const groupMethods = {
  'groups.list': query(
    'Groups by their labels; with `key` only those of this label.',
    z.strictObject({ key: z.string().min(1).max(256).optional() }),
    z.array(g.groupSchema),
  ),
  'groups.start': command('Starts all of a group, in the order that their compose labels ask for.', group, job),
  'groups.stop': command(
    'Stops all of a group, in the opposite order.',
    z.strictObject({
      group: g.groupKeySchema,
      graceSeconds: z.number().min(0).max(3600).optional(),
      force: z.boolean().prefault(true),
    }),
    job,
  ),
  'groups.snapshot': command(
    'Takes a snapshot of a group, or of a list of workloads, at one point in time: those that run are frozen together until all are taken. All or none. `memory: false` keeps disks only, which freezes them for a shorter time.',
    z.strictObject({
      group: z.union([g.groupKeySchema, z.array(s.workloadKeySchema).min(1).max(100)]),
      name: snapshotNameSchema,
      notes: z.string().max(10_000).prefault(''),
      memory: z.boolean().prefault(true),
    }),
    job,
  ),
  'groups.snapshots': query('The snapshots of a group, newest first.', group, z.array(g.groupSnapshotSchema)),
  'groups.restore': command(
    'Brings all of a group back to one of its snapshots, given by id or name, and to what each did then.',
    z.strictObject({
      group: g.groupKeySchema,
      snapshot: z.string().min(1).max(128),
      keep: z.boolean().prefault(true),
    }),
    job,
  ),
  'groups.removeSnapshot': command(
    "Removes one of a group's snapshots from all.",
    z.strictObject({ group: g.groupKeySchema, snapshot: z.string().min(1).max(128) }),
    job,
  ),
} as const;
