import { z } from 'zod';
import { driverNameSchema } from '../../../drivers/spec.ts';
import * as s from '../schemas.ts';
import { bytes, command, query } from './kinds.ts';

const done = z.strictObject({});
const workload = z.strictObject({ workload: s.workloadKeySchema });
const job = z.object({ job: s.jobSchema });

/** Files and signals of workloads, services of clusters, projects of Compose files. */
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
  'services.list': query(
    'Services of the clusters that this machine manages.',
    z.strictObject({ driver: driverNameSchema.optional() }),
    z.array(s.serviceSchema),
  ),
  'services.scale': command(
    'Changes the number of tasks of a service and waits until they run.',
    z.strictObject({
      driver: driverNameSchema.prefault('docker'),
      service: z.string().min(1).max(200),
      replicas: z.number().int().min(0).max(10_000),
    }),
    job,
  ),
  'compose.up': command(
    "Brings up what a Compose file of this machine describes. The job's result names the project.",
    z.strictObject({
      driver: driverNameSchema.prefault('docker'),
      file: z.string().min(1).max(4096),
      project: z
        .string()
        .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'Small letters, digits, dashes and underscores only.')
        .optional(),
    }),
    job,
  ),
} as const;
