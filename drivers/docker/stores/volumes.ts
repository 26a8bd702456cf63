import type { Volume, VolumeGroup } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { DockerEnvironment } from '../environment.ts';
import { unlessGone } from '../environment.ts';
import { userNames } from './users.ts';

/** Sizes are counted file by file; a list does not wait longer for them, milliseconds. */
const sizeLimitMs = 4_000;

type EngineVolume = { Name: string; Driver: string; CreatedAt?: string; Labels: Record<string, string> | null };

/** Volumes that hold a snapshot's copy, with the snapshot that would be broken without it. */
function copies(environment: DockerEnvironment): Map<string, string> {
  const { records } = environment;
  const found = new Map<string, string>();
  for (const snapshot of records.ids().flatMap((id) => records.read(id)?.snapshots ?? [])) {
    for (const copy of Object.values(snapshot.copies)) {
      found.set(copy, `snapshot ${snapshot.name} of ${snapshot.spec.name}`);
    }
  }
  return found;
}

/** The engine's volumes. */
export function createDockerVolumes(environment: DockerEnvironment): VolumeGroup {
  const { engine } = environment;
  const list = async (sized = true): Promise<Volume[]> => {
    const [{ Volumes }, containers, nameOf, usage] = await Promise.all([
      engine.ask('Listing the volumes', () => engine.docker.listVolumes()),
      engine.ask('Listing the containers', () => engine.docker.listContainers({ all: true })),
      userNames(environment),
      // Without the sizes the list is still one.
      sized
        ? engine
            .ask('Counting the volumes', () => engine.docker.df() as Promise<Usage>, sizeLimitMs)
            .catch(() => ({ Volumes: [] }))
        : { Volumes: [] },
    ]);
    const sizes = new Map((usage.Volumes ?? []).map((one) => [one.Name, one.UsageData?.Size ?? -1]));
    const held = copies(environment);
    return ((Volumes ?? []) as EngineVolume[]).map((one) => {
      const users = containers
        .filter((container) => container.Mounts.some((mount) => mount.Type === 'volume' && mount.Name === one.Name))
        .map(nameOf);
      const holder = held.get(one.Name);
      const size = sizes.get(one.Name) ?? -1;
      const made = Date.parse(one.CreatedAt ?? '');
      return {
        name: one.Name,
        kind: one.Driver,
        createdAtMs: Number.isNaN(made) ? null : made,
        // The engine says -1 where it does not count.
        sizeBytes: size < 0 ? null : size,
        usedBy: holder === undefined ? users : [...users, holder],
        ...(holder === undefined ? {} : { ofSnapshot: true }),
        labels: one.Labels ?? {},
      };
    });
  };
  return {
    list: () => list(),
    async create(context, volume) {
      context.log(`POST /volumes/create ${volume.name}`);
      const found = (await list(false)).find((one) => one.name === volume.name);
      if (found !== undefined && volume.kind !== undefined && volume.kind !== found.kind) {
        throw new NovaError(
          'already_exists',
          `There is a volume ${volume.name} already, of the kind ${found.kind}; choose another name.`,
        );
      }
      await engine.ask(`Making volume ${volume.name}`, () =>
        engine.docker.createVolume({
          Name: volume.name,
          ...(volume.kind === undefined ? {} : { Driver: volume.kind }),
          Labels: volume.labels ?? {},
        }),
      );
      const made = (await list(false)).find((one) => one.name === volume.name);
      if (made === undefined) throw new NovaError('not_found', `The volume ${volume.name} is gone again.`);
      return made;
    },
    async remove(context, name) {
      const found = (await list(false)).find((one) => one.name === name);
      if (found === undefined) return;
      if (found.usedBy.length > 0) {
        throw new NovaError(
          'conflict',
          `Volume ${name} is used by ${found.usedBy.join(', ')}; remove them first. Its files are kept.`,
        );
      }
      context.log(`DELETE /volumes/${name}`);
      await unlessGone(engine.ask(`Removing volume ${name}`, () => engine.docker.getVolume(name).remove()));
    },
  };
}

/** The part of the engine's disk usage that is about volumes. */
type Usage = { Volumes?: { Name: string; UsageData?: { Size: number } | null }[] | null };
