import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { NetworkGroup, OperationContext, VolumeGroup } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { ComposeParts } from '../../groups.ts';
import { stopIfCancelled } from '../engine/map-error.ts';
import { type DockerEnvironment, unlessGone } from '../environment.ts';
import { findCompose } from './command.ts';
import { projectParts } from './parts.ts';
import { runCompose } from './program.ts';

/** Stores through which what Compose leaves is removed: they name who still uses it. */
export type ComposeStores = { networks: NetworkGroup; volumes: VolumeGroup };

function refuseOurs(project: string, { containers }: ComposeParts): void {
  const ours = containers.filter((one) => one.workloadId !== undefined).map((one) => one.name);
  if (ours.length === 0) return;
  throw new NovaError('conflict', `${project}: ${ours.join(', ')} are in NovaCron's care; remove them first.`);
}

/**
 * Takes a project down. Compose itself does it where its files are at hand, since it knows the order; all else that carries the
 * project's label is removed by the engine: containers of services that are no longer in the file, and a project whose file is gone.
 */
export async function composeDown(
  environment: DockerEnvironment,
  env: Record<string, string | undefined>,
  stores: ComposeStores,
  context: OperationContext,
  { project, volumes }: { project: string; volumes: boolean },
): Promise<void> {
  const { engine } = environment;
  const found = await projectParts(environment, project);
  refuseOurs(project, found);
  const [file] = found.files;
  if (file !== undefined && found.files.every((each) => existsSync(each)) && findCompose(env) !== null) {
    context.progress(null, `Taking ${project} down`);
    try {
      await runCompose(engine, env, context, {
        what: `take ${project} down`,
        project,
        files: found.files,
        directory: dirname(file),
        words: ['down', '--remove-orphans', ...(volumes ? ['--volumes'] : [])],
      });
    } catch (error) {
      if (!(error instanceof NovaError) || error.code !== 'invalid_spec') throw error;
      // A file that was broken meanwhile must not keep what it once described.
      context.log(`${error.message} Going on without it.`);
    }
  }
  const left = await projectParts(environment, project);
  refuseOurs(project, left);
  stopIfCancelled(context, `Taking ${project} down`);
  await Promise.all(
    left.containers.map(async ({ engineId, name }) => {
      const container = engine.docker.getContainer(engineId);
      context.log(`Stopping and removing ${name}`);
      // The engine waits as long as the container's own stop time-out says.
      await unlessGone(engine.ask(`Stopping ${name}`, () => stopUnlessStopped(container.stop()), 0));
      await unlessGone(engine.ask(`Removing ${name}`, () => container.remove({ v: volumes, force: true })));
    }),
  );
  for (const name of left.networks) {
    stopIfCancelled(context, `Taking ${project} down`);
    await stores.networks.remove(context, name);
  }
  for (const name of volumes ? left.volumes : []) {
    stopIfCancelled(context, `Taking ${project} down`);
    await stores.volumes.remove(context, name);
  }
}

/** The engine answers 304, as a failure, for one that has ended. */
async function stopUnlessStopped(stopping: Promise<unknown>): Promise<void> {
  try {
    await stopping;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 304) throw error;
  }
}
