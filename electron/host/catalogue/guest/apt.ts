import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OperationContext } from '../../../../drivers/driver.ts';
import { errorData, NovaError } from '../../../../drivers/errors.ts';
import { collectAgent, type GuestFile } from './agent.ts';
import { type GuestParts, isStaticElf64 } from './parts.ts';
import type { Recipe } from './recipe.ts';

/** Longest time for one package, milliseconds: a kernel of 30 MB over 1 Mbit/s. */
const downloadLimitMs = 300_000;

/** The names after `Depends:` in the output of `apt-cache depends`. */
export function parseDepends(output: string): string[] {
  return [...output.matchAll(/^\s*\|?Depends: (\S+)$/gm)].map((match) => match[1] ?? '');
}

/**
 * Fetches kernel and BusyBox with the distribution's own signed packages and unpacks them below `directory`; needs no root and
 * installs nothing. Throws `unsupported` when no package of the recipe exists here.
 */
export async function fetchWithApt(context: OperationContext, recipe: Recipe, directory: string): Promise<GuestParts> {
  const kernelPackages = await findKernelPackages(context, recipe);
  const kernelRoot = join(directory, 'kernel');
  for (const name of kernelPackages) await unpack(context, name, directory, kernelRoot);
  return {
    kernel: join(kernelRoot, 'boot', await only(join(kernelRoot, 'boot'), /^vmlinuz-/)),
    modules: join(kernelRoot, 'lib', 'modules'),
    busybox: await findBusybox(context, recipe, directory),
    agent: await fetchAgent(context, recipe, directory),
  };
}

/** The package with the kernel's image, and that with its modules where they are apart. */
async function findKernelPackages(context: OperationContext, recipe: Recipe): Promise<string[]> {
  for (const refresh of [false, true]) {
    // Only root may refresh the package lists; for others the second round would find the same.
    if (refresh && process.getuid?.() !== 0) break;
    if (refresh) await run(context, 'apt-get', ['update'], process.cwd());
    for (const meta of recipe.kernelPackages) {
      const image = (await depends(context, meta)).find((name) => /^linux-image-\d/.test(name));
      if (image === undefined) continue;
      const modules = (await depends(context, image)).filter((name) => /^linux-modules-\d/.test(name));
      return [image, ...modules];
    }
  }
  throw new NovaError('unsupported', 'No kernel package for the demo guest was found in the package lists.', {
    details: { fixes: ['Run "sudo apt-get update" and try again, or make a machine from a catalogue image.'] },
  });
}

async function depends(context: OperationContext, name: string): Promise<string[]> {
  // Loaded with its first use: it is a tenth of all that a start would compile.
  const { execa } = await import('execa');
  const result = await execa('apt-cache', ['depends', name], {
    reject: false,
    cancelSignal: context.signal,
    env: { LC_ALL: 'C' },
  });
  return result.exitCode === 0 ? parseDepends(result.stdout) : [];
}

async function findBusybox(context: OperationContext, recipe: Recipe, directory: string): Promise<string> {
  for (const path of ['/bin/busybox', '/usr/bin/busybox']) {
    const bytes = await readFile(path).catch(() => null);
    if (bytes !== null && isStaticElf64(bytes)) return path;
  }
  const root = join(directory, 'busybox');
  for (const name of recipe.busyboxPackages) await unpack(context, name, directory, root);
  for (const path of [join(root, 'bin/busybox'), join(root, 'usr/bin/busybox')]) {
    if ((await readFile(path).catch(() => null)) !== null) return path;
  }
  throw new NovaError('unsupported', 'The BusyBox package holds no program where it is expected.');
}

/** How many steps of the packages' dependencies are fetched for libraries that this machine lacks. */
const dependencySteps = 3;

/** The agent with its libraries. Empty where it can't be had: the guest serves without, so that is no failure. */
async function fetchAgent(context: OperationContext, recipe: Recipe, directory: string): Promise<GuestFile[]> {
  const root = join(directory, 'agent');
  try {
    let names = recipe.agentPackages;
    const seen = new Set<string>();
    for (let step = 0; step <= dependencySteps; step += 1) {
      for (const name of names.filter((one) => !seen.has(one))) await unpack(context, name, directory, root);
      names.forEach((name) => seen.add(name));
      const found = await collectAgent(root);
      if (found === null) return [];
      if (found.missing.length === 0) return found.files;
      context.log(`The guest agent needs ${found.missing.join(', ')} yet.`);
      names = (await Promise.all(names.map((name) => depends(context, name)))).flat();
    }
  } catch (error) {
    if (context.signal.aborted) throw error;
    context.log(`The guest is built without its agent: ${errorData(error).message}`);
  }
  return [];
}

async function unpack(context: OperationContext, name: string, directory: string, target: string): Promise<void> {
  context.progress(null, `Fetching ${name}`);
  const folder = join(directory, 'packages', name);
  await mkdir(folder, { recursive: true });
  await run(context, 'apt-get', ['download', name], folder);
  await mkdir(target, { recursive: true });
  await run(context, 'dpkg-deb', ['-x', join(folder, await only(folder, /\.deb$/)), target], folder);
}

async function only(directory: string, pattern: RegExp): Promise<string> {
  const name = (await readdir(directory)).find((entry) => pattern.test(entry));
  if (name === undefined) throw new NovaError('unsupported', `Nothing like ${String(pattern)} is in ${directory}.`);
  return name;
}

async function run(context: OperationContext, program: string, args: string[], cwd: string): Promise<void> {
  const command = [program, ...args].join(' ');
  context.log(command);
  // Loaded with its first use: it is a tenth of all that a start would compile.
  const { execa } = await import('execa');
  const result = await execa(program, args, {
    cwd,
    reject: false,
    cancelSignal: context.signal,
    timeout: downloadLimitMs,
    env: { LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
    all: true,
  });
  if (result.exitCode === 0) return;
  if (result.isCanceled) throw new NovaError('cancelled', 'Building the demo guest was cancelled.');
  throw new NovaError('engine_unavailable', `"${command}" failed, so the demo guest could not be built.`, {
    retryable: true,
    details: {
      command,
      log: (result.all ?? '').split('\n').slice(-20),
      fixes: ['Check the connection to the package mirror and try again.'],
    },
  });
}
