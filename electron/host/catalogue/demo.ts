import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { OperationContext } from '../../../drivers/driver.ts';
import { NovaError } from '../../../drivers/errors.ts';
import { GiB, MiB, type Resources } from '../../../drivers/spec.ts';
import type { CatalogueEntry } from '../../bridge/schemas.ts';
import type { Prepared } from './catalogue.ts';
import { buildGuest, findGuest, guestDirectory } from './guest/build.ts';
import type { GuestParts } from './guest/parts.ts';
import { readRecipe } from './guest/recipe.ts';

/** What the demo guest is made from and where it goes. */
export type DemoOptions = {
  /** Holds `guest/recipe.json`. */
  resourcesDirectory: string;
  cacheDirectory: string;
  /** Read for `PATH` and the `NOVACRON_GUEST_*` variables. */
  env: Readonly<Record<string, string | undefined>>;
};

/** The entry's id, as in `novacron create qemu NAME --image demo`. */
export const demoId = 'demo';

const demoResources: Resources = { vcpus: 1, memoryBytes: 256 * MiB };

/** How the demo guest stands in the catalogue. */
export async function demoEntry(options: DemoOptions): Promise<CatalogueEntry> {
  const recipe = await readRecipe(join(options.resourcesDirectory, 'guest'));
  const given = givenParts(options.env);
  const ready = (await findGuest(guestDirectory(options.cacheDirectory, recipe, given), recipe)) !== null;
  return {
    id: demoId,
    name: 'Demo guest (small Linux with a shell, a disk and a web page)',
    ready,
    unavailable: ready || given !== null ? null : await whyNot(options.env),
    kind: 'demo',
    sizeBytes: null,
    login: 'none: the serial console is a root shell',
    resources: demoResources,
  };
}

/** Builds the demo guest where needed and gives the settings of a machine that boots it. */
export async function prepareDemo(context: OperationContext, options: DemoOptions): Promise<Prepared> {
  const recipe = await readRecipe(join(options.resourcesDirectory, 'guest'));
  const given = givenParts(options.env);
  const directory = guestDirectory(options.cacheDirectory, recipe, given);
  const there = await findGuest(directory, recipe);
  if (there === null && given === null) {
    const reason = await whyNot(options.env);
    if (reason !== null) throw new NovaError('unsupported', reason);
  }
  if (there === null) context.progress(null, 'Building the demo guest from packages of this machine, this once');
  const guest = there ?? (await buildGuest(context, recipe, directory, given));
  return {
    settings: {
      ...guest,
      disks: [{ sizeBytes: GiB }],
      portForwards: [{ hostPort: 0, guestPort: 80 }],
    },
    resources: demoResources,
  };
}

function givenParts(env: DemoOptions['env']): GuestParts | null {
  const kernel = env['NOVACRON_GUEST_KERNEL'];
  const busybox = env['NOVACRON_GUEST_BUSYBOX'];
  if (kernel === undefined || busybox === undefined) return null;
  return { kernel, busybox, modules: env['NOVACRON_GUEST_MODULES'] || null, agent: [] };
}

async function whyNot(env: DemoOptions['env']): Promise<string | null> {
  const other = 'Make a machine from a catalogue image, a disk image or an ISO instead.';
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `The demo guest is built on x86-64 Linux only. ${other}`;
  }
  for (const program of ['apt-get', 'apt-cache', 'dpkg-deb']) {
    if (!(await onPath(program, env['PATH'] ?? ''))) {
      return `The demo guest is built with ${program}, which is not on this machine. ${other}`;
    }
  }
  return null;
}

async function onPath(program: string, path: string): Promise<boolean> {
  for (const directory of path.split(delimiter)) {
    const found = await access(join(directory, program), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
