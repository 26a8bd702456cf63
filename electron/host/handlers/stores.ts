import type { Driver, NetworkGroup, VolumeGroup } from '../../../drivers/driver.ts';
import type { DriverName } from '../../../drivers/spec.ts';
import type { Handlers } from '../../bridge/handlers.ts';
import type { HostContext } from '../context.ts';
import { within } from '../time.ts';
import { storeJob } from './store-job.ts';

/** An engine that does not list what it has within this time is told as such, milliseconds: sizes are counted file by file. */
const listLimitMs = 30_000;

type StoreMethod = Extract<keyof Handlers, `volumes.${string}` | `networks.${string}`>;

/** Volumes and networks of the drivers that have them. */
export function storeHandlers(host: HostContext): Pick<Handlers, StoreMethod> {
  const volumes = (name: DriverName): VolumeGroup =>
    host.drivers.get(name).volumes ?? host.drivers.refuse(name, 'volumes');
  const networks = (name: DriverName): NetworkGroup =>
    host.drivers.get(name).networks ?? host.drivers.refuse(name, 'networks');
  /** The drivers to ask: the one that was named, or every one that is well and has such things. */
  const asked = (named: DriverName | undefined, has: (driver: Driver) => boolean): DriverName[] =>
    named !== undefined
      ? [named]
      : host.drivers.all
          .filter((driver) => has(driver) && host.drivers.probed(driver.name)?.health === 'healthy')
          .map((driver) => driver.name);
  return {
    'volumes.list': async ({ driver }) => {
      const lists = asked(driver, (each) => each.volumes !== undefined).map(async (name) =>
        (await within(volumes(name).list(), listLimitMs, `${name} did not list its volumes in time.`)).map(
          (volume) => ({ ...volume, driver: name }),
        ),
      );
      return (await Promise.all(lists)).flat();
    },
    'volumes.create': async ({ driver, ...volume }) => {
      const group = volumes(driver);
      return storeJob(host, 'volume-create', volume.name, async (context) => group.create(context, volume));
    },
    'volumes.remove': async ({ driver, name, ...store }) => {
      const group = volumes(driver);
      return storeJob(host, 'volume-remove', name, async (context) => group.remove(context, name, store));
    },
    'networks.list': async ({ driver }) => {
      const lists = asked(driver, (each) => each.networks !== undefined).map(async (name) =>
        (await within(networks(name).list(), listLimitMs, `${name} did not list its networks in time.`)).map(
          (network) => ({ ...network, driver: name }),
        ),
      );
      return (await Promise.all(lists)).flat();
    },
    'networks.create': async ({ driver, ...network }) => {
      const group = networks(driver);
      return storeJob(host, 'network-create', network.name, async (context) => group.create(context, network));
    },
    'networks.remove': async ({ driver, id, ...store }) => {
      const group = networks(driver);
      return storeJob(host, 'network-remove', id, async (context) => group.remove(context, id, store));
    },
  };
}
