import { z } from 'zod';
import { driverNameSchema } from '../../drivers/spec.ts';
import { idSchema } from './schemas.ts';

/** A service of an engine's cluster. */
export const serviceSchema = z.object({
  driver: driverNameSchema,
  id: z.string(),
  name: z.string(),
  image: z.string(),
  mode: z.enum(['replicated', 'global', 'job']),
  desired: z.number(),
  running: z.number(),
  ports: z.array(z.string()),
  createdAtMs: z.number(),
  /** Why it has no task at all; absent for one that has. */
  problem: z.string().optional(),
  /** The engine that manages it; absent for the default one. */
  endpoint: z.string().optional(),
});
export type ServiceView = z.infer<typeof serviceSchema>;

/** One task of a service: a container that a node runs, ran or is to run. */
export const serviceTaskSchema = z.object({
  id: z.string(),
  slot: z.number().nullable(),
  node: z.string(),
  state: z.string(),
  wanted: z.string(),
  reason: z.string(),
  error: z.string().optional(),
  image: z.string(),
  containerId: z.string().optional(),
  changedAtMs: z.number(),
});
export type ServiceTaskView = z.infer<typeof serviceTaskSchema>;

/** The name of a Compose project. Source: Compose specification. */
export const projectSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'Small letters, digits, dashes and underscores only.');

/** What taking a Compose project down would take with it. */
export const composeDownPlanSchema = z.object({
  project: z.string(),
  /** Workloads of ours among its containers: each is removed for good, with its snapshots. */
  workloads: z.array(
    z.object({
      id: idSchema,
      name: z.string(),
      running: z.boolean(),
      snapshots: z.number(),
      /** Protected against removal: as long as one is, the project can't be taken down. */
      protected: z.boolean(),
    }),
  ),
  /** Names of its other containers. */
  containers: z.array(z.string()),
  networks: z.array(z.string()),
  /** Volumes that Compose made for it: removed with their files where that is asked for, else kept. */
  volumes: z.array(z.string()),
});
export type ComposeDownPlan = z.infer<typeof composeDownPlanSchema>;
