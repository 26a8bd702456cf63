import type { Image, ImageGroup } from '../../../drivers/driver.ts';
import { NovaError } from '../../../drivers/errors.ts';
import { readArchive } from '../../../drivers/read-archive.ts';
import type { DriverName } from '../../../drivers/spec.ts';
import type { ImageView } from '../../bridge/contract.ts';
import type { Handlers } from '../../bridge/handlers.ts';
import type { HostContext } from '../context.ts';
import { within } from '../time.ts';
import { storeJob } from './store-job.ts';

/** An engine that does not list its images within this time shows those last seen, milliseconds. */
const listLimitMs = 10_000;

type ImageMethod = Extract<keyof Handlers, `images.${string}`>;

/** Images of the drivers that have a store. */
export function imageHandlers(host: HostContext): Pick<Handlers, ImageMethod> {
  const group = (name: DriverName): ImageGroup => {
    const driver = host.drivers.get(name);
    if (!driver.images) {
      host.drivers.refuse(name, 'images');
    }
    return driver.images;
  };
  /** A member that not every store has. */
  const member = <K extends keyof ImageGroup>(name: DriverName, key: K): NonNullable<ImageGroup[K]> => {
    const found = group(name)[key];
    if (!found) {
      throw new NovaError('unsupported', `The images of ${name} have no "${key}".`);
    }
    return found;
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
  return {
    'images.list': async ({ driver }) => {
      const names = driver
        ? [driver]
        : host.drivers.all
            .filter((each) => each.images && host.drivers.probed(each.name)?.health === 'healthy')
            .map((each) => each.name);
      return (await Promise.all(names.map(list))).flat();
    },
    'images.pull': async ({ driver, name, ...store }) => {
      const images = group(driver);
      return storeJob(host, 'pull', name, async (context) => ({
        imageId: (await images.pull(context, name, store)).id,
      }));
    },
    'images.import': async ({ driver, path, name, ...store }) => {
      const images = group(driver);
      return storeJob(host, 'import', name, async (context) => {
        // It may be a root file system; which kind it is the driver finds out.
        await readArchive(path, { subject: `Importing ${path}`, use: 'root', signal: context.signal });
        return { imageId: (await images.import(context, path, name, store)).id };
      });
    },
    'images.remove': async ({ driver, id, ...store }) => {
      const images = group(driver);
      return storeJob(host, 'image-remove', id, async (context) => images.remove(context, id, store));
    },
    'images.load': async ({ driver, path, ...store }) => {
      const load = member(driver, 'load');
      return storeJob(host, 'image-load', path, async (context) => {
        await readArchive(path, { subject: `Loading ${path}`, use: 'unpack', signal: context.signal });
        return { images: (await load(context, path, store)).flatMap((image) => image.names) };
      });
    },
    'images.save': async ({ driver, names, path, ...store }) => {
      const save = member(driver, 'save');
      return storeJob(host, 'image-save', names.join(', '), async (context) => save(context, names, path, store));
    },
    'images.tag': async ({ driver, id, name, ...store }) => ({
      ...(await member(driver, 'tag')(id, name, store)),
      driver,
    }),
    'images.history': async ({ driver, id, ...store }) => member(driver, 'history')(id, store),
    'images.build': async ({ driver, ...build }) => {
      const run = member(driver, 'build');
      return storeJob(host, 'image-build', build.names[0] ?? build.path, async (context) => ({
        imageId: (await run(context, build)).id,
      }));
    },
  };
}
