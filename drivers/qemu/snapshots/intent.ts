import { z } from 'zod';
import { NovaError } from '../../errors.ts';
import type { Machine } from '../machine/machine.ts';
import { type Intent, layerSchema } from '../machine/record.ts';

/** What the intents of this folder add to the common part. */
const partsSchema = z.object({
  /** `prepare`: only new files exist. `cut`: the disks may stand on their new layers. `resume`: a saved memory is being loaded. `pivot`: a top is being written down. `plain`: no more than the record says. */
  stage: z.enum(['prepare', 'cut', 'resume', 'pivot', 'plain']).prefault('plain'),
  /** New tops by disk id. */
  overlays: z.record(z.string(), layerSchema).prefault({}),
  /** The guest ran before and has to run again. */
  wasRunning: z.boolean().prefault(false),
  /** The automatic snapshot with the state that the machine goes back to when a restore is undone after its end. */
  keptId: z.string().optional(),
  /** The snapshot of a clone's source that is there for the clone alone. */
  passingId: z.string().optional(),
  /** The layers of a `pivot`. */
  lowerId: z.string().optional(),
  upperId: z.string().optional(),
});
/** What the intents of this folder add to the common part. */
export type IntentParts = z.infer<typeof partsSchema>;

/** Reads our parts of an intent. */
export function intentParts(intent: Intent): IntentParts {
  return partsSchema.parse(intent);
}

/** Makes an intent. `newFiles` are absolute. */
export function newIntent(kind: Intent['kind'], newFiles: string[], parts: Partial<IntentParts>): Intent {
  return { kind, startedAtMs: Date.now(), newFiles, ...parts };
}

/** Changes the stage of what is half done, durably. */
export function setStage(machine: Machine, stage: IntentParts['stage']): void {
  machine.save((record) => ({ ...record, intent: record.intent === null ? null : { ...record.intent, stage } }));
}

/**
 * Called before a guest goes on that may stand for a restore that was cut off: what is kept of its memory is old from then on, and must
 * not be loaded over the disks that it writes to.
 */
export function letGoOfMemory(machine: Machine): void {
  const { intent } = machine.record;
  if (intent?.kind === 'restore' && intentParts(intent).stage === 'prepare') {
    setStage(machine, 'plain');
  }
}

/** Refuses to begin on a machine on which something is half done. */
export function assertNoIntent(machine: Machine): void {
  const { intent, spec } = machine.record;
  if (intent !== null) {
    throw new NovaError(
      'conflict',
      `"${spec.name}" has something half done (${intent.kind}). It is put right at the next start of NovaCron.`,
      { retryable: true, details: { intent: intent.kind } },
    );
  }
}
