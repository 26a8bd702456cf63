import { z } from 'zod';
import type { Driver } from '../../../drivers/driver.ts';
import {
  consoleInfoSchema,
  driverSchema,
  fieldChangeSchema,
  imageSchema,
  observationSchema,
  planSchema,
  resourcesSchema,
  snapshotSchema,
  statsSchema,
  workloadSpecSchema,
} from '../../../electron/bridge/contract.ts';

/** Passes a value through JSON and the schema that the bridge has for it, as on its way to a client. */
function carry<T>(schema: z.ZodType, value: T): T {
  const wire: unknown = JSON.parse(JSON.stringify(value));
  schema.parse(wire);
  return value;
}

const snapshot = snapshotSchema.omit({ workloadId: true });

/** The same driver, whose answers are carried as the bridge carries them; a value that the bridge would refuse throws. */
export function carried(driver: Driver): Driver {
  const { snapshots, images } = driver;
  const whole: Driver = {
    ...driver,
    async *probe(signal) {
      for await (const probe of driver.probe(signal)) {
        yield carry(driverSchema, { name: driver.name, ...probe });
      }
    },
    resolve: async (spec) => carry(workloadSpecSchema, await driver.resolve(spec)),
    plan: async (spec) => carry(planSchema, await driver.plan(spec)),
    diff: (from, to) => carry(z.array(fieldChangeSchema), driver.diff(from, to)),
    async recover(id, spec, handle) {
      const found = await driver.recover(id, spec, handle);
      carry(observationSchema, found.observation);
      return found;
    },
    inspect: async (ref) => carry(observationSchema, await driver.inspect(ref)),
    describe: async (ref) => carry(z.record(z.string(), z.unknown()), await driver.describe(ref)),
    async *stats(ref, everyMs, signal) {
      for await (const sample of driver.stats(ref, everyMs, signal)) {
        yield carry(statsSchema, sample);
      }
    },
    consoles: async (ref) => carry(z.array(consoleInfoSchema), await driver.consoles(ref)),
    ...(snapshots === undefined
      ? {}
      : {
          snapshots: {
            ...snapshots,
            async list(ref) {
              const tree = await snapshots.list(ref);
              carry(z.array(snapshot), tree.snapshots);
              return tree;
            },
            create: async (context, ref, options) => carry(snapshot, await snapshots.create(context, ref, options)),
            update: async (ref, id, change) => carry(snapshot, await snapshots.update(ref, id, change)),
          },
        }),
    ...(images === undefined
      ? {}
      : {
          images: {
            ...images,
            list: async () => carry(z.array(imageSchema.omit({ driver: true })), await images.list()),
          },
        }),
  };
  const { update, discover } = { update: driver.update?.bind(driver), discover: driver.discover?.bind(driver) };
  if (update !== undefined) {
    whole.update = async (context, ref, to) => {
      const done = await update(context, ref, to);
      carry(resourcesSchema, done.confirmed);
      return done;
    };
  }
  if (discover !== undefined) {
    whole.discover = async () => carry(z.array(z.object({ observation: observationSchema })), await discover());
  }
  return whole;
}
