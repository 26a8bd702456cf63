import { z } from 'zod';
import { engineOptionsSchema } from './engine-options.ts';
import { mostPorts, publishSchema } from './settings-ports.ts';

const noControl = (text: string): boolean => !/\p{Cc}/u.test(text);
const text = (max: number) => z.string().max(max).refine(noControl, 'No control characters.');
const absolute = text(4096).refine((path) => path.startsWith('/'), 'A path is absolute.');

/** The longest word of a command and the longest variable that the kernel takes, bytes. Source: MAX_ARG_STRLEN of execve(2). */
const longestWord = 131_072;

/** The name of a volume or network, by Docker's own rule. */
export const engineNameSchema = z
  .string()
  .max(255)
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, 'Letters, digits, dots, dashes and underscores only.');

/** The name of a context. Source: docker/cli, context/store. */
const contextNameSchema = z
  .string()
  .max(255)
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.+-]*$/, 'Letters, digits, dots, pluses, dashes and underscores only.');

/** One mount of a container. */
export const mountSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('bind'),
    source: absolute,
    target: absolute,
    readOnly: z.boolean().prefault(false),
  }),
  z.strictObject({
    type: z.literal('volume'),
    source: engineNameSchema.min(2, 'The name of a volume has at least two characters.'),
    target: absolute,
    readOnly: z.boolean().prefault(false),
  }),
  z.strictObject({
    type: z.literal('tmpfs'),
    target: absolute,
    /** Size limit in bytes. */
    sizeBytes: z.number().int().positive().optional(),
  }),
]);

/** The `settings` of a spec with driver `docker`. Names follow Docker's own. */
export const dockerSettingsSchema = z.strictObject({
  /** Name of the engine that it lives in, where there are several; the default one where absent. */
  endpoint: contextNameSchema.optional(),
  image: text(500)
    .min(1, 'A container needs an image.')
    .refine((name) => !name.startsWith('-'), 'Not an image name.'),
  command: z.array(z.string().max(longestWord)).max(10_000).optional(),
  entrypoint: z.array(z.string().max(longestWord)).max(10_000).optional(),
  env: z.record(z.string().regex(/^[^=\0]+$/, 'Not a variable name.'), z.string().max(longestWord)).prefault({}),
  workingDirectory: absolute.optional(),
  user: text(256).optional(),
  hostname: z
    .string()
    .max(63)
    .regex(/^[A-Za-z0-9.-]*$/, 'Not a host name.')
    .optional(),
  tty: z.boolean().prefault(false),
  stdin: z.boolean().prefault(false),
  mounts: z.array(mountSchema).max(1000).prefault([]),
  ports: z.array(publishSchema).max(mostPorts).prefault([]),
  /** The network to join; Docker's default bridge where absent. */
  network: engineNameSchema.optional(),
  aliases: z.array(engineNameSchema).max(20).prefault([]),
  /** Networks that it joins beside the first. */
  networks: z
    .array(z.strictObject({ name: engineNameSchema, aliases: z.array(engineNameSchema).max(20).prefault([]) }))
    .max(20)
    .prefault([]),
  cpuShares: z.number().int().min(2).max(262_144).optional(),
  cpuset: z
    .string()
    .max(200)
    .regex(/^[0-9,-]*$/, 'For example 0-1,3.')
    .optional(),
  memorySwapBytes: z.number().int().min(-1).optional(),
  memoryReservationBytes: z.number().int().min(0).optional(),
  pidsLimit: z.number().int().min(1).optional(),
  blkioWeight: z.number().int().min(10).max(1000).optional(),
  ulimits: z
    .array(z.strictObject({ name: z.string().regex(/^[a-z]+$/), soft: z.number().int(), hard: z.number().int() }))
    .max(20)
    .prefault([]),
  capAdd: z
    .array(z.string().regex(/^[A-Z_]+$/))
    .max(50)
    .prefault([]),
  capDrop: z
    .array(z.string().regex(/^[A-Z_]+$/))
    .max(50)
    .prefault([]),
  devices: z.array(absolute).max(50).prefault([]),
  noNewPrivileges: z.boolean().prefault(false),
  readOnlyRoot: z.boolean().prefault(false),
  init: z.boolean().prefault(false),
  runtime: engineNameSchema.optional(),
  stopSignal: z
    .string()
    .regex(/^[A-Z0-9+]+$/)
    .max(20)
    .optional(),
  healthCheck: z
    .strictObject({
      command: z.array(z.string()).min(1),
      intervalSeconds: z.number().positive().prefault(30),
      timeoutSeconds: z.number().positive().prefault(30),
      /** Failures in this time after the start do not count. */
      startPeriodSeconds: z.number().min(0).prefault(0),
      retries: z.number().int().positive().prefault(3),
    })
    .optional(),
  logDriver: engineNameSchema.prefault('json-file'),
  logOptions: z.record(z.string(), z.string()).prefault({}),
  /** What has no word above, in the engine's own; kept from containers that others made. */
  engineOptions: engineOptionsSchema.optional(),
});
/** The `settings` of a spec with driver `docker`, defaults filled in. */
export type DockerSettings = z.infer<typeof dockerSettingsSchema>;
