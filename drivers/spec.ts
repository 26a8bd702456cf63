import { z } from 'zod';

/** Bytes in a mebibyte. */
export const MiB = 1024 * 1024;
/** Bytes in a gibibyte. */
export const GiB = 1024 * MiB;

/** The drivers that exist in the design, in display order. */
export const driverNames = ['qemu', 'docker', 'containerd', 'kata', 'process', 'fake'] as const;
/** The name of a driver. `fake` exists only under `drivers/conformance` and in tests. */
export type DriverName = (typeof driverNames)[number];
/** Schema of `DriverName`. */
export const driverNameSchema = z.enum(driverNames);

/** Longest name of a workload or a snapshot, in characters. */
export const maxNameLength = 63;

/**
 * Names of workloads: letters, digits, dot, dash, underscore, beginning with a letter or digit. The narrowest rule of
 * the engines (Docker's), so that a workload keeps its name when it moves.
 */
export const workloadNameSchema = z
  .string()
  .min(1, 'A name needs at least one character.')
  .max(maxNameLength, `A name has at most ${maxNameLength} characters.`)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]*$/,
    'A name begins with a letter or digit and has letters, digits, dots, dashes and underscores only.',
  );

/** Names of snapshots: any printable text without control characters or slashes, trimmed. */
export const snapshotNameSchema = z
  .string()
  .min(1, 'A snapshot needs a name.')
  .max(maxNameLength, `A name has at most ${maxNameLength} characters.`)
  .refine((name) => name.trim() === name, 'A name does not begin or end with a space.')
  .refine((name) => !/[\p{Cc}\p{Cs}/\\]/u.test(name), 'A name has no control characters and no slashes.');

/** CPU and memory of a workload. Absent values mean the driver's default; for containers: unlimited. */
export const resourcesSchema = z.strictObject({
  /** Virtual CPUs; a fraction is a quota where the driver has quotas. */
  vcpus: z.number().positive().max(512).optional(),
  /** Upper end for live growth of `vcpus`. */
  maxVcpus: z.number().int().positive().max(512).optional(),
  /** Memory in bytes. */
  memoryBytes: z
    .number()
    .int()
    .min(4 * MiB)
    .max(16 * 1024 * GiB)
    .optional(),
  /** Upper end for live growth of `memoryBytes`, in bytes. */
  maxMemoryBytes: z
    .number()
    .int()
    .min(4 * MiB)
    .max(16 * 1024 * GiB)
    .optional(),
});
/** CPU and memory of a workload. */
export type Resources = z.infer<typeof resourcesSchema>;

/** The side of a published port or forward that lies on this machine; each driver adds the port inside. */
export const hostPortSchema = z.strictObject({
  hostAddress: z
    .string()
    .max(64)
    .regex(/^[0-9a-fA-F:.]+$/, 'Not an address.')
    .prefault('127.0.0.1'),
  /** 0 takes a free one at start. */
  hostPort: z.number().int().min(0).max(65535),
  protocol: z.enum(['tcp', 'udp']).prefault('tcp'),
});
/** The port inside of a workload. */
export const insidePortSchema = z.number().int().min(1).max(65535);

/** When the host starts a workload again that ended by itself. */
export const restartPolicySchema = z.enum(['no', 'on-failure', 'always']);
/** When the host starts a workload again that ended by itself. */
export type RestartPolicy = z.infer<typeof restartPolicySchema>;

const labelTextSchema = z
  .string()
  .max(256)
  .refine((text) => !/\p{Cc}/u.test(text), 'Labels have no control characters.');

/** The part of a spec that all drivers share; `settings` is checked by the driver's own schema. */
export const workloadSpecSchema = z.strictObject({
  /** Unique on the host. */
  name: workloadNameSchema,
  /** The driver that runs it. */
  driver: driverNameSchema,
  /** CPU and memory. */
  resources: resourcesSchema.prefault({}),
  /** Free tags, shown and filtered by. */
  labels: z.record(labelTextSchema.min(1), labelTextSchema).prefault({}),
  /** Free text. */
  notes: z.string().max(10_000).prefault(''),
  /** When it is started again by the host. */
  restart: restartPolicySchema.prefault('no'),
  /** Started with the first host after a boot of the machine. */
  autostart: z.boolean().prefault(false),
  /** Refuses removal until it is switched off. */
  protected: z.boolean().prefault(false),
  /** The driver's own part; each driver exports its schema. */
  settings: z.record(z.string(), z.unknown()).prefault({}),
});
/** What the user asked for, validated. */
export type WorkloadSpec = z.infer<typeof workloadSpecSchema>;
/** A spec as a user may write it: defaults left out. */
export type WorkloadSpecInput = z.input<typeof workloadSpecSchema>;
