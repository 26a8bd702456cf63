import { z } from 'zod';
import { driverNameSchema } from '../../../drivers/spec.ts';
import * as s from '../schemas.ts';
import { command, query } from './kinds.ts';

/** Long commands answer with their job at once; the job goes on when the connection closes. */
const job = z.object({ job: s.jobSchema });
/** Which engine of which driver. */
const inStore = { driver: driverNameSchema, endpoint: z.string().min(1).max(200).optional() };
const imageName = z.string().min(1).max(500);
const storeName = z.string().min(1).max(255);
const filePath = z.string().min(1).max(4096);
const labels = z.record(z.string().min(1).max(256), z.string().max(4096));

/** Images, volumes and networks of the drivers. */
export const storeMethods = {
  'images.list': query(
    'Images of the drivers that have a store.',
    z.strictObject({ driver: driverNameSchema.optional() }),
    z.array(s.imageSchema),
  ),
  'images.pull': command('Fetches an image.', z.strictObject({ ...inStore, name: imageName }), job),
  'images.import': command(
    'Imports an image file of this machine.',
    z.strictObject({ ...inStore, path: filePath, name: imageName }),
    job,
  ),
  'images.remove': command('Removes an image that nobody uses.', z.strictObject({ ...inStore, id: imageName }), job),
  'images.load': command(
    'Reads an archive of images; they keep the names that they have there.',
    z.strictObject({ ...inStore, path: filePath }),
    job,
  ),
  'images.save': command(
    'Writes images to one new archive on this machine.',
    z.strictObject({ ...inStore, names: z.array(imageName).min(1).max(100), path: filePath }),
    job,
  ),
  'images.tag': command(
    'Gives an image one more name.',
    z.strictObject({ ...inStore, id: imageName, name: imageName }),
    s.imageSchema,
  ),
  'images.history': query(
    'How an image was made, newest step first.',
    z.strictObject({ ...inStore, id: imageName }),
    z.array(s.imageStepSchema),
  ),
  'images.build': command(
    "Builds an image from a folder of this machine; the output is the job's.",
    z.strictObject({
      ...inStore,
      path: filePath,
      names: z.array(imageName).min(1).max(20),
      recipe: filePath.optional(),
      target: z.string().min(1).max(200).optional(),
      arguments: z.record(z.string().min(1).max(200), z.string().max(32_768)).optional(),
      noCache: z.boolean().prefault(false),
    }),
    job,
  ),
  'volumes.list': query(
    'Volumes of the drivers that have them, with who uses them.',
    z.strictObject({ driver: driverNameSchema.optional() }),
    z.array(s.volumeSchema),
  ),
  'volumes.create': command(
    'Makes a volume; success when it is there.',
    z.strictObject({ ...inStore, name: storeName, kind: storeName.optional(), labels: labels.optional() }),
    job,
  ),
  'volumes.remove': command(
    'Removes a volume that nobody uses, with its files.',
    z.strictObject({ ...inStore, name: storeName }),
    job,
  ),
  'networks.list': query(
    'Networks of the drivers that have them, with who is on them.',
    z.strictObject({ driver: driverNameSchema.optional() }),
    z.array(s.networkSchema),
  ),
  'networks.create': command(
    'Makes a network.',
    z.strictObject({
      ...inStore,
      name: storeName,
      kind: storeName.optional(),
      subnet: z.string().max(64).optional(),
      internal: z.boolean().prefault(false),
      labels: labels.optional(),
    }),
    job,
  ),
  'networks.remove': command(
    'Removes a network that nobody is on.',
    z.strictObject({ ...inStore, id: storeName }),
    job,
  ),
} as const;
