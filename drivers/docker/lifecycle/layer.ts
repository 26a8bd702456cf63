import type { ContainerInspectInfo } from 'dockerode';
import { homeLabel, idLabel, roleLabel } from '../engine/engine.ts';
import { type DockerEnvironment, isGone } from '../environment.ts';

type Change = { Path: string };

/** Whether any file of the container's own layer was written. Folders that are only there to be mounted on are none. Pure. */
export function layerChanged(changes: readonly Change[] | null, info: Pick<ContainerInspectInfo, 'Mounts'>): boolean {
  const targets = (info.Mounts ?? []).map((mount) => mount.Destination);
  const leadsTo = (path: string): boolean => targets.some((target) => target === path || target.startsWith(`${path}/`));
  return (changes ?? []).some((change) => !leadsTo(change.Path));
}

/**
 * What a container is made from that shall have the files of this one: an image of its layer, or the one that it was made from itself
 * where nothing was written. `imageId` is null where that is no image of ours.
 */
export async function keepLayer(
  environment: DockerEnvironment,
  at: { id: string; name: string; imageId: string | null; pause: boolean },
  info: ContainerInspectInfo,
): Promise<{ image: string; imageId: string | null }> {
  const { engine, home } = environment;
  const what = `Keeping the files of ${at.name}`;
  const container = engine.docker.getContainer(info.Id);
  const changes = (await engine.ask(what, () => container.changes())) as Change[] | null;
  if (!layerChanged(changes, info)) {
    const named = await engine
      .ask(what, () => engine.docker.getImage(info.Config.Image).inspect())
      .catch((error: unknown) => {
        if (isGone(error)) return null;
        throw error;
      });
    // By its name where that still means the same.
    return { image: named?.Id === info.Image ? info.Config.Image : info.Image, imageId: at.imageId };
  }
  const labels = { [idLabel]: at.id, [homeLabel]: home, [roleLabel]: 'layer' };
  const image = (await engine.ask(
    what,
    () =>
      container.commit({
        pause: at.pause,
        changes: Object.entries(labels)
          .map(([label, value]) => `LABEL ${label}=${value}`)
          .join('\n'),
      }),
    0,
  )) as { Id: string };
  return { image: image.Id, imageId: image.Id };
}

/** Removes an image of a layer that nothing needs any more; one that something stands on stays. Idempotent. */
export async function dropLayer(environment: DockerEnvironment, imageId: string | null): Promise<void> {
  const { engine } = environment;
  if (imageId === null) return;
  await engine.ask('Removing an unused image', async () => {
    try {
      const image = engine.docker.getImage(imageId);
      const { Config, RepoTags } = await image.inspect();
      if (Config.Labels?.[roleLabel] === 'layer' && (RepoTags ?? []).length === 0) await image.remove();
    } catch (error) {
      // Gone, or in use.
      if (![404, 409].includes((error as { statusCode?: number }).statusCode ?? 0)) throw error;
    }
  });
}

/** Removes images of layers that nothing of the workload needs: of a commit that was given up nobody learns the image. Idempotent. */
export async function dropUnusedLayers(environment: DockerEnvironment, id: string): Promise<void> {
  const { engine, home, records } = environment;
  const label = [`${idLabel}=${id}`, `${homeLabel}=${home}`, `${roleLabel}=layer`];
  const images = await engine.ask('Looking for unused images', () =>
    engine.docker.listImages({ all: true, filters: { label } }),
  );
  const record = records.read(id);
  if (record === null || record.intent !== null) return;
  const needed = [record.imageId, record.kept?.imageId, ...record.snapshots.map((one) => one.imageId)];
  for (const image of images) if (!needed.includes(image.Id)) await dropLayer(environment, image.Id);
}
