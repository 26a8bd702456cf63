import { NovaError } from '../../errors.ts';
import { type DockerEnvironment, isGone } from '../environment.ts';

/** Removes images of ours. One that others stand on loses its name and stays until they are gone; `kept` counts those. */
export async function dropImages(
  environment: DockerEnvironment,
  labels: string[],
  what: string,
): Promise<{ kept: number }> {
  const { engine } = environment;
  for (;;) {
    // `all`: an image without a name and with children is left out otherwise.
    const images = await engine.ask(what, () => engine.docker.listImages({ all: true, filters: { label: labels } }));
    let removed = 0;
    for (const image of images) {
      try {
        await engine.ask(what, () => engine.docker.getImage(image.Id).remove({ force: true }), engine.limits.longMs);
        removed += 1;
      } catch (error) {
        if (isGone(error)) removed += 1;
        else if (!(error instanceof NovaError && error.code === 'conflict')) throw error;
      }
    }
    if (removed === 0 || removed === images.length) return { kept: images.length - removed };
  }
}
