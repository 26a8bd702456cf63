import { homeLabel, idLabel, roleLabel } from '../engine/engine.ts';
import { type DockerEnvironment, unlessGone } from '../environment.ts';

/** Where a volume is mounted in the containers that only serve to read and write it. They never run. */
const mountPoint = '/novacron-volume';

/**
 * Copies one volume into another through the engine's archive requests. Source and target are two containers: the
 * engine locks a container for the length of an archive request, so that one container would wait for itself.
 * The target volume is made where it is missing, with `labels`. Idempotent: files that are there are overwritten.
 */
export async function fillVolume(
  environment: DockerEnvironment,
  id: string,
  copy: { from: string; to: string; imageId: string; labels: Record<string, string> },
): Promise<void> {
  const { engine, home } = environment;
  await engine.ask(`Making volume ${copy.to}`, () =>
    engine.docker.createVolume({ Name: copy.to, Labels: copy.labels }),
  );
  const helper = async (volume: string, readOnly: boolean) =>
    engine.ask(`Reading volume ${volume}`, () =>
      engine.docker.createContainer({
        Image: copy.imageId,
        // Never started; an image without a command refuses a create that gives none.
        Cmd: ['true'],
        Labels: { [idLabel]: id, [homeLabel]: home, [roleLabel]: 'copy' },
        HostConfig: { Mounts: [{ Type: 'volume', Source: volume, Target: mountPoint, ReadOnly: readOnly }] },
      }),
    );
  const source = await helper(copy.from, true);
  try {
    const target = await helper(copy.to, false);
    try {
      const archive = await engine.ask(`Reading volume ${copy.from}`, () =>
        source.getArchive({ path: `${mountPoint}/.` }),
      );
      await engine.ask(`Writing volume ${copy.to}`, () => target.putArchive(archive, { path: mountPoint }), 0);
    } finally {
      await unlessGone(engine.ask('Removing a helper', () => target.remove({ force: true })));
    }
  } finally {
    await unlessGone(engine.ask('Removing a helper', () => source.remove({ force: true })));
  }
}
