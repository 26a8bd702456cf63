import { z } from 'zod';
import { errorCodes, NovaError } from '../../errors.ts';
import { aborted, sleep } from './wait.ts';

/** Every point at which the fake driver can be made to misbehave; a test can walk all of them. */
export const failpointNames = [
  'probe',
  'resolve',
  'create.begin',
  'create.recorded',
  'start.begin',
  'start.spawned',
  'stop.begin',
  'stop.ended',
  'remove.begin',
  'remove.ended',
  'recover',
  'inspect',
  'pause',
  'resume',
  'reset',
  'update.begin',
  'update.applied',
  'snapshot.begin',
  'snapshot.written',
  'restore.begin',
  'restore.kept',
  'restore.written',
  'removeSnapshot.begin',
  'clone.begin',
  'clone.recorded',
  'console',
  'exec',
  'stats',
  'discover',
] as const;
/** The name of a point. */
export type FailpointName = (typeof failpointNames)[number];

/** What happens at a point. `times` counts down; absent means always. `die` ends this process as kill -9 does. */
export const failActionSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('fail'),
    code: z.enum(errorCodes).prefault('internal'),
    message: z.string().max(500).optional(),
    times: z.number().int().positive().optional(),
  }),
  z.strictObject({ kind: z.literal('hang'), times: z.number().int().positive().optional() }),
  z.strictObject({
    kind: z.literal('delay'),
    ms: z.number().int().min(0).max(600_000),
    times: z.number().int().positive().optional(),
  }),
  z.strictObject({ kind: z.literal('die'), times: z.number().int().positive().optional() }),
]);
/** What happens at a point, as a caller writes it. */
export type FailAction = z.input<typeof failActionSchema>;

/** The switched-on points of one driver. */
export type Failpoints = {
  /** `id` limits it to one workload. Replaces what was set for the same point and workload. */
  set(point: FailpointName, action: FailAction, id?: string): void;
  clear(): void;
  /** Passed by the driver's code at each point. Hangs until `signal` is aborted where it is told to. */
  pass(point: FailpointName, id: string | null, options?: PassOptions): Promise<void>;
};

/** What a point knows of its surroundings. */
export type PassOptions = { signal?: AbortSignal; settings?: Partial<Record<FailpointName, FailAction>> };

/** Makes an empty set of points. */
export function createFailpoints(): Failpoints {
  const set = new Map<string, FailAction>();
  const used = new Map<string, number>();

  const find = (
    point: FailpointName,
    id: string | null,
    settings: PassOptions['settings'],
  ): { key: string; action: FailAction } | null => {
    const own = `${point} ${id}`;
    const candidates: [string, FailAction | undefined][] = [
      [own, set.get(own)],
      [point, set.get(point)],
      [`settings ${own}`, settings?.[point]],
    ];
    for (const [key, action] of candidates) {
      if (action !== undefined && (used.get(key) ?? 0) < (action.times ?? Number.POSITIVE_INFINITY)) {
        return { key, action };
      }
    }
    return null;
  };

  return {
    set(point, action, id) {
      const key = id === undefined ? point : `${point} ${id}`;
      set.set(key, action);
      used.delete(key);
    },
    clear() {
      for (const key of set.keys()) {
        used.delete(key);
      }
      set.clear();
    },
    async pass(point, id, options = {}) {
      const hit = find(point, id, options.settings);
      if (hit === null) {
        return;
      }
      used.set(hit.key, (used.get(hit.key) ?? 0) + 1);
      const { action } = hit;
      switch (action.kind) {
        case 'fail':
          throw new NovaError(
            action.code ?? 'internal',
            action.message ?? `The fake driver was told to fail at ${point}.`,
          );
        case 'hang':
          return await aborted(options.signal);
        case 'delay':
          return await sleep(action.ms, options.signal);
        case 'die':
          process.kill(process.pid, 'SIGKILL');
          return await aborted(undefined);
      }
    },
  };
}
