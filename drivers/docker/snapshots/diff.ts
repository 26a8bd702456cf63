import type { SnapshotDiff, WorkloadRef } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { specChanges } from '../../spec-changes.ts';
import { homeLabel, idLabel, roleLabel } from '../engine/engine.ts';
import { type DockerEnvironment, inspectContainer, unlessGone } from '../environment.ts';
import type { DockerSnapshot } from '../record.ts';
import { withHelper } from '../volumes/copy.ts';
import { compareListings, type Listing, listArchive } from './listing.ts';

/** A point to compare: an image or a live container, and for each volume the one that holds its files then. */
type Point = { imageId: string; containerId: string | null; volumes: Record<string, string> };

/** What differs in files from one snapshot to another, or to the present. Both are read whole, so that nothing is guessed from times and sizes. Throws `not_found`. */
export async function diffDockerSnapshots(
  environment: DockerEnvironment,
  ref: WorkloadRef,
  fromId: string,
  toId: string | null,
): Promise<SnapshotDiff> {
  const { snapshots } = environment.records.get(ref.id);
  const find = (id: string): DockerSnapshot => {
    const found = snapshots.find((one) => one.id === id);
    if (found === undefined) throw new NovaError('not_found', `${ref.name} has no snapshot ${id}.`);
    return found;
  };
  const [from, to] = [find(fromId), toId === null ? null : find(toId)];
  const point = (snapshot: DockerSnapshot): Point => ({
    imageId: snapshot.imageId,
    containerId: null,
    volumes: snapshot.copies,
  });
  const present = async (): Promise<Point> => {
    const { Id, Image } = await inspectContainer(environment, ref);
    // The present files of a volume are in the volume itself.
    const volumes = Object.fromEntries(Object.keys(from.copies).map((name) => [name, name]));
    return { imageId: Image, containerId: Id, volumes };
  };
  const [before, after] = [point(from), to === null ? await present() : point(to)];
  // A volume that one of the two left out can't be compared.
  const both = Object.keys(before.volumes).filter((name) => name in after.volumes);
  const found = compareListings(
    await listPoint(environment, ref.id, before, both),
    await listPoint(environment, ref.id, after, both),
  );
  return {
    fields: specChanges(from.spec, to === null ? ref.spec : to.spec),
    bytes: found.bytes,
    files: found.files,
    ...(found.truncated ? { truncated: true } : {}),
  };
}

/** All files of one point; those of a volume below `volume NAME:`. */
async function listPoint(
  environment: DockerEnvironment,
  id: string,
  point: Point,
  volumes: readonly string[],
): Promise<Listing> {
  const { engine, home } = environment;
  const listing: Listing = new Map();
  const read = async (containerId: string): Promise<void> => {
    const archive = await engine.ask('Reading the files', () => engine.docker.getContainer(containerId).export());
    await listArchive(archive, '', listing);
  };
  if (point.containerId === null) {
    const labels = { [idLabel]: id, [homeLabel]: home, [roleLabel]: 'copy' };
    const options = { Image: point.imageId, Cmd: ['true'], Labels: labels, HostConfig: { NetworkMode: 'none' } };
    const helper = await engine.ask('Reading the files', () => engine.docker.createContainer(options));
    try {
      await read(helper.id);
    } finally {
      await unlessGone(engine.ask('Removing a helper', () => helper.remove({ force: true, v: true })));
    }
  } else {
    await read(point.containerId);
  }
  for (const volume of volumes) {
    const source = point.volumes[volume] ?? volume;
    await withHelper(environment, id, point.imageId, { type: 'volume', source, readOnly: true }, async (helper, at) => {
      const archive = await engine.ask(`Reading volume ${source}`, () => helper.getArchive({ path: `${at}/.` }));
      await listArchive(archive, `volume ${volume}:`, listing);
    });
  }
  return listing;
}
