import { z } from 'zod';
import * as s from '../schemas.ts';
import { bytes, command, query } from './kinds.ts';

const done = z.strictObject({});
const workload = z.strictObject({ workload: s.workloadKeySchema });

/** Files and signals of workloads. */
export const insideMethods = {
  'workloads.signal': command(
    'Sends a signal to its main process, past what waits in its queue.',
    z.strictObject({ workload: s.workloadKeySchema, signal: z.string().regex(/^(SIG)?[A-Z0-9+-]{2,16}$/) }),
    done,
  ),
  'workloads.wait': query('Answered when it does not run any more, with how it ended.', workload, s.observationSchema),
  'files.list': query(
    'The entries of one directory inside.',
    z.strictObject({ workload: s.workloadKeySchema, path: s.filePathSchema }),
    z.object({ entries: z.array(s.fileEntrySchema), truncated: z.boolean() }),
  ),
  'files.stat': query(
    'One file or directory inside, links followed.',
    z.strictObject({ workload: s.workloadKeySchema, path: s.filePathSchema }),
    s.fileEntrySchema,
  ),
  'files.read': bytes(
    'The bytes of a file inside, or of a directory as a tar archive.',
    z.strictObject({ workload: s.workloadKeySchema, path: s.filePathSchema }),
    z.object({ entry: s.fileEntrySchema }),
  ),
  'files.write': bytes(
    'Takes the bytes of a file, or with `archive` of a tar archive to unpack there, up to the end of input. Sends back lines with the number of bytes taken; more than 2 MiB beyond it must not be on their way.',
    z.strictObject({
      workload: s.workloadKeySchema,
      path: s.filePathSchema,
      sizeBytes: z.number().int().min(0).max(s.maxUploadBytes),
      mode: z.number().int().min(0).max(0o7777).optional(),
      archive: z.boolean().prefault(false),
    }),
    z.object({}),
  ),
} as const;
