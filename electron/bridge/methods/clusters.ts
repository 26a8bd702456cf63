import { z } from 'zod';
import { driverNameSchema } from '../../../drivers/spec.ts';
import * as s from '../schemas.ts';
import * as c from '../schemas-clusters.ts';
import { command, query } from './kinds.ts';

const job = z.object({ job: s.jobSchema });
/** The engine that is meant; the default one without. */
const inEngine = { driver: driverNameSchema.prefault('docker'), endpoint: z.string().min(1).max(200).optional() };

/** Services of clusters, projects of Compose files. */
export const clusterMethods = {
  'services.list': query(
    'Services of the clusters that the engines manage.',
    z.strictObject({ driver: driverNameSchema.optional() }),
    z.array(c.serviceSchema),
  ),
  'services.scale': command(
    'Changes the number of tasks of a service and waits until they run.',
    z.strictObject({
      ...inEngine,
      service: z.string().min(1).max(200),
      replicas: z.number().int().min(0).max(10_000),
    }),
    job,
  ),
  'services.tasks': query(
    'The tasks of a service: where each runs, what it does, and why it failed.',
    z.strictObject({ ...inEngine, service: z.string().min(1).max(200) }),
    z.array(c.serviceTaskSchema),
  ),
  'compose.up': command(
    "Brings up what a Compose file of this machine describes. The job's result names the project.",
    z.strictObject({ ...inEngine, file: z.string().min(1).max(4096), project: c.projectSchema.optional() }),
    job,
  ),
  'compose.planDown': query(
    'What taking a Compose project down would take with it. Changes nothing.',
    z.strictObject({ ...inEngine, project: c.projectSchema }),
    c.composeDownPlanSchema,
  ),
  'compose.down': command(
    'Stops and removes all of a Compose project; workloads of ours among it with their snapshots. Its volumes stay unless `volumes` is set.',
    z.strictObject({ ...inEngine, project: c.projectSchema, volumes: z.boolean().prefault(false) }),
    job,
  ),
} as const;
