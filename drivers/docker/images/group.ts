import { existsSync } from 'node:fs';
import type { Image, ImageGroup } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { Engine } from '../engine/engine.ts';
import type { DockerEnvironment } from '../environment.ts';
import { userNames } from '../stores/users.ts';
import { credentialsFor, registryOf } from './credentials.ts';
import { follow, lastLines } from './follow.ts';
import { followLayers } from './layers.ts';
import { checkReference, parseImageName, shortName, withTag } from './names.ts';

/** How the names of images begin that snapshots and clones commit. */
const ourRepository = 'novacron/';

/** Images that hold a snapshot's files, with the snapshots that would be broken without them. */
function kept(environment: DockerEnvironment): Map<string, string[]> {
  const { records } = environment;
  const found = new Map<string, string[]>();
  for (const snapshot of records.ids().flatMap((id) => records.read(id)?.snapshots ?? [])) {
    const holders = found.get(snapshot.imageId) ?? [];
    found.set(snapshot.imageId, [...holders, `snapshot ${snapshot.name} of ${snapshot.spec.name}`]);
  }
  return found;
}

/** What to throw of a pull of which nothing came any more: the engine's own silence, or that of the registry where the engine answers. */
async function stalled(engine: Engine, image: string, silence: NovaError): Promise<NovaError> {
  const what = `Pulling ${image}`;
  try {
    await engine.ask(what, () => engine.docker.ping());
  } catch (error) {
    return error instanceof NovaError ? error : silence;
  }
  const registry = registryOf(image);
  return new NovaError('timeout', `${what}: nothing came from ${registry} for ${engine.limits.stallMs / 1000} s.`, {
    retryable: true,
    cause: silence,
    details: { ...silence.details, fixes: ['Try again.', `Check whether ${registry} can be reached.`] },
  });
}

/** The engine's images. */
export function createDockerImages(
  environment: DockerEnvironment,
  env: Record<string, string | undefined>,
): ImageGroup {
  const { engine } = environment;
  const list = async (): Promise<Image[]> => {
    const [images, containers, nameOf] = await Promise.all([
      engine.ask('Listing the images', () => engine.docker.listImages({})),
      engine.ask('Listing the containers', () => engine.docker.listContainers({ all: true })),
      userNames(environment),
    ]);
    const users = Map.groupBy(containers, (one) => one.ImageID);
    const held = kept(environment);
    return images.map((image) => {
      const names = (image.RepoTags ?? []).filter((name) => name !== '<none>:<none>');
      // One that a person gave a name is theirs too.
      const ours = held.has(image.Id) && names.every((name) => name.startsWith(ourRepository));
      return {
        id: image.Id,
        names,
        sizeBytes: image.Size,
        createdAtMs: image.Created * 1000,
        usedBy: [...(users.get(image.Id) ?? []).map(nameOf), ...(held.get(image.Id) ?? [])],
        ...(ours ? { ofSnapshot: true } : {}),
      };
    });
  };
  const find = async (name: string): Promise<Image> => {
    const [info, all] = await Promise.all([
      engine.ask(`Looking for image ${name}`, () => engine.docker.getImage(name).inspect()),
      list(),
    ]);
    const found = all.find((image) => image.id === info.Id);
    if (found === undefined) throw new NovaError('not_found', `The image ${name} is gone again.`);
    return found;
  };
  const load: NonNullable<ImageGroup['load']> = async (context, path) => {
    // Loaded with their first use: archives bring code along that a start has no need of.
    const { loadArchive } = await import('./files.ts');
    const loaded = await loadArchive(engine, context, path);
    const all = await list();
    return all.filter((image) => loaded.some((one) => image.id === one || image.names.includes(one)));
  };
  return {
    list,
    async pull(context, name) {
      const what = `Pulling ${name}`;
      checkReference(name);
      const tagged = withTag(name);
      const credentials = await credentialsFor(name, env, { signal: context.signal });
      context.log(`POST /images/create?fromImage=${tagged}${credentials === null ? '' : ' (with credentials)'}`);
      const layers = followLayers();
      const output = lastLines();
      try {
        await follow(engine, context, what, {
          request: (abortSignal) =>
            engine.docker.pull(tagged, {
              abortSignal,
              ...(credentials === null ? {} : { authconfig: credentials }),
            }),
          answerMs: engine.limits.stallMs,
          silenceMs: engine.limits.stallMs,
          output: output.all,
          take(line) {
            const news = layers.take(line);
            if (news !== null) {
              output.add(news);
              context.log(news);
            }
            context.progress(layers.fraction(), layers.text());
          },
        });
      } catch (error) {
        throw error instanceof NovaError && error.code === 'timeout' ? await stalled(engine, tagged, error) : error;
      }
      return find(tagged);
    },
    async import(context, path, name) {
      const target = parseImageName(name);
      if (!existsSync(path)) throw new NovaError('not_found', `Importing ${path}: there is no such file.`);
      const { readImageArchive } = await import('./image-archive.ts');
      const { kind } = await readImageArchive(path, `Importing ${path}`, 'root', context.signal);
      if (kind === 'root') {
        const { importRoot } = await import('./files.ts');
        await importRoot(engine, context, path, target);
        return find(name);
      }
      const [loaded, ...more] = await load(context, path);
      if (loaded === undefined) return find(name);
      if (more.length > 0) {
        throw new NovaError(
          'invalid_spec',
          `${path} holds ${more.length + 1} images, which can't have one name; they are loaded with their own.`,
        );
      }
      await engine.ask(`Naming ${name}`, () => engine.docker.getImage(loaded.id).tag(target));
      return find(name);
    },
    async remove(context, id) {
      // By what the engine knows under it: the beginning of an id, or a name written in another way.
      const info = await engine.ask(`Looking for image ${id}`, () => engine.docker.getImage(id).inspect());
      const used = (await list()).find((image) => image.id === info.Id);
      const names = used?.names ?? [];
      const asked = names.find((name) => name === shortName(withTag(id)));
      // One of several names can go while the image stays, whoever uses it.
      if (used !== undefined && used.usedBy.length > 0 && (asked === undefined || names.length < 2)) {
        throw new NovaError(
          'conflict',
          `Image ${names[0] ?? id} is used by ${used.usedBy.join(', ')}; remove them first.`,
        );
      }
      // An id with several names is refused by the engine: each name is taken away, the last one takes the image along.
      const targets = asked !== undefined ? [asked] : names.length > 1 ? names : [info.Id];
      for (const target of targets) {
        context.log(`DELETE /images/${target}`);
        await engine.ask(
          `Removing image ${target}`,
          () => engine.docker.getImage(target).remove(),
          engine.limits.longMs,
        );
      }
    },
    load,
    async save(context, names, path) {
      const images = await Promise.all(
        names.map((name) => engine.ask(`Looking for image ${name}`, () => engine.docker.getImage(name).inspect())),
      );
      const { saveArchive } = await import('./files.ts');
      await saveArchive(
        engine,
        context,
        names,
        path,
        images.reduce((sum, image) => sum + image.Size, 0),
      );
    },
    async tag(id, name) {
      const target = parseImageName(name);
      await engine.ask(`Naming ${name}`, () => engine.docker.getImage(id).tag(target));
      return find(`${target.repo}:${target.tag}`);
    },
    async history(id) {
      const steps = (await engine.ask(`Reading the history of ${id}`, () => engine.docker.getImage(id).history())) as {
        Created: number;
        CreatedBy: string;
        Size: number;
        Tags: string[] | null;
        Comment?: string;
      }[];
      return steps.map((step) => ({
        createdAtMs: step.Created * 1000,
        command: step.CreatedBy || step.Comment || '',
        sizeBytes: step.Size,
        names: step.Tags ?? [],
      }));
    },
    async build(context, build) {
      const { buildImage } = await import('./build.ts');
      const id = await buildImage(engine, context, build, env);
      return find(id);
    },
  };
}
