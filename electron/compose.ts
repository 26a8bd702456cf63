import { join } from 'node:path';
import { createDockerEndpoints } from '../drivers/docker/endpoints/driver.ts';
import type { Driver } from '../drivers/driver.ts';
import { createQemuDriver } from '../drivers/qemu/driver.ts';
import { openCatalogue } from './host/catalogue/open-catalogue.ts';
import { type Directories, resolveDirectories } from './host/directories.ts';
import { type Host, openHost } from './host/host.ts';
import { version } from './version.ts';

type Environment = Record<string, string | undefined>;

async function createDrivers(env: Environment, directories: Directories): Promise<Driver[]> {
  const drivers: Driver[] = [
    createQemuDriver({
      root: join(directories.data, 'qemu'),
      runtimeRoot: join(directories.runtime, 'q'),
      cacheDirectory: join(directories.cache, 'qemu'),
    }),
    createDockerEndpoints({ root: join(directories.data, 'docker'), env }),
  ];
  // For tests only: never part of what is packaged.
  if (env['NOVACRON_FAKE_DRIVER'] === '1') {
    const fake = await import('../drivers/conformance/fake/fake-driver.ts');
    drivers.push(fake.createFakeDriver({ root: join(directories.data, 'fake') }));
  }
  return drivers;
}

/**
 * The composition root of every entry point: this machine's drivers, catalogue and host. Throws `conflict` when another host has the
 * data directory. `afterwards`: see `HostOptions`.
 */
export async function openLocalHost(
  env: Environment,
  afterwards?: Promise<unknown>,
): Promise<{ host: Host; directories: Directories }> {
  const directories = resolveDirectories(env);
  const drivers = await createDrivers(env, directories);
  const host = await openHost({
    directories,
    drivers,
    catalogue: openCatalogue({
      // The same step up from `electron/` in a checkout and from `out/` when it is built.
      resourcesDirectory: join(import.meta.dirname, '..', 'resources'),
      cacheDirectory: directories.cache,
      env,
    }),
    version,
    ...(afterwards === undefined ? {} : { afterwards }),
  }).catch(async (error: unknown) => {
    await Promise.allSettled(drivers.map((driver) => driver.close()));
    throw error;
  });
  return { host, directories };
}
