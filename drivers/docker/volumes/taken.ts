import { NovaError } from '../../errors.ts';
import { homeLabel, idLabel } from '../engine/engine.ts';
import { type DockerEnvironment, isGone } from '../environment.ts';

/** Throws `already_exists` when the engine has a volume of that name that was not made for this workload: it would be written over. */
export async function refuseTaken(environment: DockerEnvironment, id: string, name: string): Promise<void> {
  const { engine, home } = environment;
  try {
    const { Labels: labels } = await engine.ask(`Looking at volume ${name}`, () =>
      engine.docker.getVolume(name).inspect(),
    );
    if (labels?.[idLabel] === id && labels[homeLabel] === home) return;
  } catch (error) {
    if (isGone(error)) return;
    throw error;
  }
  throw new NovaError(
    'already_exists',
    `There is a volume ${name} already, and the clone would write over it. Choose another name for the clone, or remove the volume.`,
    { details: { field: 'name' } },
  );
}
