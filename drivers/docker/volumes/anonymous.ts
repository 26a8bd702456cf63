import type { ContainerInspectInfo } from 'dockerode';
import type { WorkloadSpec } from '../../spec.ts';
import { type DockerEnvironment, unlessGone } from '../environment.ts';
import { dockerSettings } from '../plan.ts';

/** The volumes of a container that its spec does not name: path inside -> volume. Pure. */
export function anonymousOf(info: Pick<ContainerInspectInfo, 'Mounts'>, spec: WorkloadSpec): Record<string, string> {
  const named = new Set(dockerSettings(spec).mounts.map((mount) => mount.target));
  return Object.fromEntries(
    (info.Mounts ?? []).flatMap((mount) =>
      mount.Type === 'volume' && mount.Name && !named.has(mount.Destination)
        ? [[mount.Destination, mount.Name] as const]
        : [],
    ),
  );
}

/** Removes volumes that no spec names; those that a container still uses stay. Idempotent. */
export async function dropAnonymous(environment: DockerEnvironment, names: readonly string[]): Promise<void> {
  const { engine } = environment;
  for (const name of names) {
    await unlessGone(
      engine.ask(`Removing volume ${name}`, async () => {
        try {
          await engine.docker.getVolume(name).remove();
        } catch (error) {
          // In use.
          if ((error as { statusCode?: number }).statusCode !== 409) throw error;
        }
      }),
    );
  }
}
