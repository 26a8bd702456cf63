import { z } from 'zod';
import { failActionSchema, failpointNames } from './failpoints.ts';

const limitMs = z.number().int().min(0).max(600_000);

/** How one fake workload behaves. Every switch can be set from a spec, so that a window or a script can ask for trouble. */
export const fakeSettingsSchema = z.strictObject({
  /** Runs a real process of the system for each start, which survives the host and can be killed from outside. */
  process: z.boolean().prefault(false),
  /** The image that it uses; keeps that image from being removed. */
  image: z.string().max(500).optional(),
  /** How long each operation takes, milliseconds. */
  createMs: limitMs.prefault(0),
  startMs: limitMs.prefault(0),
  stopMs: limitMs.prefault(0),
  snapshotMs: limitMs.prefault(0),
  resizeMs: limitMs.prefault(0),
  /** A guest that does not react to an orderly shutdown. */
  ignoreStop: z.boolean().prefault(false),
  /** A guest that takes no part in live changes of memory. */
  ignoreResize: z.boolean().prefault(false),
  /** Ends by itself so long after each start, milliseconds. */
  exitAfterMs: limitMs.optional(),
  /** Its exit code then; other than 0 is a crash. */
  exitCode: z.number().int().min(0).max(255).prefault(0),
  /** Share of its CPUs that it uses, 0 to 1. */
  load: z.number().min(0).max(1).prefault(0.3),
  /** Points at which this workload fails, hangs or is delayed. */
  failpoints: z.partialRecord(z.enum(failpointNames), failActionSchema).prefault({}),
});
/** How one fake workload behaves. */
export type FakeSettings = z.infer<typeof fakeSettingsSchema>;
