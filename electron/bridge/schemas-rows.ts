import { z } from 'zod';
import { driverNameSchema } from '../../drivers/spec.ts';
import { idSchema, phaseSchema } from './schemas.ts';

/** What a list shows of a workload; the rest comes with `workloads.get`. */
export const workloadRowSchema = z.object({
  id: idSchema,
  name: z.string(),
  driver: driverNameSchema,
  phase: phaseSchema,
  reason: z.string(),
  desired: z.enum(['running', 'stopped']),
  /** The verb of the operation that runs or waits now, or null. */
  pendingVerb: z.string().nullable(),
  /** Start of the present run, milliseconds since the epoch, or null. */
  startedAtMs: z.number().nullable(),
  vcpus: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  labels: z.record(z.string(), z.string()),
  /** Addresses and ports as text. */
  addresses: z.array(z.string()),
  /** Why a person has to look, or null. */
  attention: z.string().nullable(),
  trashed: z.boolean(),
});
export type WorkloadListRow = z.infer<typeof workloadRowSchema>;
