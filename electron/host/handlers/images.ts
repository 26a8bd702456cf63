import type { Image, ImageGroup } from '../../../drivers/driver.ts';
import type { DriverName } from '../../../drivers/spec.ts';
import type { ImageView, Job } from '../../bridge/contract.ts';
import type { Handlers } from '../../bridge/handlers.ts';
import type { HostContext } from '../context.ts';
import type { JobContext } from '../jobs/run-with-deadline.ts';
import { within } from '../time.ts';
import { limits } from '../workloads/operation.ts';

/** An engine that does not list its images within this time shows those last seen, milliseconds. */
const listLimitMs = 10_000;

/** Images of the drivers that have a store. */
export function imageHandlers(
  host: HostContext,
): Pick<Handlers, 'images.list' | 'images.pull' | 'images.import' | 'images.remove'> {
  const group = (name: DriverName): ImageGroup => {
    const driver = host.drivers.get(name);
    if (!driver.images) {
      host.drivers.refuse(name, 'images');
    }
    return driver.images;
  };
  const list = async (name: DriverName): Promise<ImageView[]> => {
    let images: Image[];
    try {
      images = await within(group(name).list(), listLimitMs, `${name} did not list its images in time.`);
      host.inventory.images.replace(host.hostId, name, images);
    } catch (error) {
      host.logger.info({ err: error, driver: name }, 'images as last seen are shown');
      images = host.inventory.images.list(host.hostId, name);
    }
    return images.map((image) => ({ ...image, driver: name }));
  };
  const job = (
    verb: string,
    subject: string,
    run: (context: JobContext & { saveHandle(): void }) => Promise<unknown>,
  ): { job: Job } => ({
    job: host.jobs.start({
      verb,
      workloadId: null,
      subject,
      idleLimitMs: limits.longMs,
      run: (context) => run({ ...context, saveHandle: () => {} }),
    }),
  });
  return {
    'images.list': async ({ driver }) => {
      const names = driver
        ? [driver]
        : host.drivers.all
            .filter((each) => each.images && host.drivers.probed(each.name)?.health === 'healthy')
            .map((each) => each.name);
      return (await Promise.all(names.map(list))).flat();
    },
    'images.pull': async ({ driver, name }) => {
      const images = group(driver);
      return job('pull', name, async (context) => ({ imageId: (await images.pull(context, name)).id }));
    },
    'images.import': async ({ driver, path, name }) => {
      const images = group(driver);
      return job('import', name, async (context) => ({ imageId: (await images.import(context, path, name)).id }));
    },
    'images.remove': async ({ driver, id }) => {
      const images = group(driver);
      return job('image-remove', id, async (context) => images.remove(context, id));
    },
  };
}
