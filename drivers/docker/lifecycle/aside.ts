import type { ContainerInspectInfo } from 'dockerode';
import { asidePrefix, type DockerEnvironment, isGone } from '../environment.ts';
import type { DockerKept } from '../record.ts';
import { dropLayer } from './layer.ts';
import { dropContainer, stopRunning } from './run.ts';

/** How long a container may take to end where it says nothing itself, seconds: Docker's own default. */
const stopSeconds = 10;

/** The engine's facts, or null when it is gone. */
export async function inspectOrNull(
  environment: DockerEnvironment,
  name: string,
  containerId: string,
): Promise<ContainerInspectInfo | null> {
  const { engine } = environment;
  try {
    return await engine.ask(`Looking at ${name}`, () => engine.docker.getContainer(containerId).inspect());
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** Gives a container its name. Idempotent. Throws `already_exists` when another has it. */
export async function nameIt(environment: DockerEnvironment, name: string, containerId: string): Promise<void> {
  const { engine } = environment;
  const container = () => engine.docker.getContainer(containerId);
  const info = await engine.ask(`Looking at ${name}`, () => container().inspect());
  if (info.Name !== `/${name}`) await engine.ask(`Naming ${name}`, () => container().rename({ name }));
}

/** Takes the name from a container, and the engine's own habit of starting it again. Idempotent. */
export async function setAside(environment: DockerEnvironment, name: string, containerId: string): Promise<void> {
  const { engine } = environment;
  const aside = `${asidePrefix}${containerId.slice(0, 12)}`;
  const container = () => engine.docker.getContainer(containerId);
  const info = await engine.ask(`Looking at ${name}`, () => container().inspect());
  const policy = info.HostConfig.RestartPolicy?.Name ?? '';
  if (policy !== '' && policy !== 'no')
    await engine.ask(`Setting ${name} aside`, () => container().update({ RestartPolicy: { Name: 'no' } }));
  if (info.Name !== `/${aside}`) await engine.ask(`Setting ${name} aside`, () => container().rename({ name: aside }));
}

/** Ends a container as `docker stop` does; its facts afterwards, null when it is gone. Idempotent. */
export async function stopForSwap(
  environment: DockerEnvironment,
  name: string,
  containerId: string,
): Promise<ContainerInspectInfo | null> {
  const { engine } = environment;
  const container = () => engine.docker.getContainer(containerId);
  const info = await inspectOrNull(environment, name, containerId);
  if (info?.State.Running !== true) return info;
  // A frozen process can't take a signal.
  if (info.State.Paused) await engine.ask(`Resuming ${name} to stop it`, () => container().unpause());
  const seconds = (info.Config as { StopTimeout?: number }).StopTimeout ?? stopSeconds;
  await engine.ask(
    `Stopping ${name}`,
    () => stopRunning(container(), seconds),
    seconds * 1000 + engine.limits.stopMarginMs,
  );
  return inspectOrNull(environment, name, containerId);
}

/** Removes a container that was set aside, with what only it needs. Idempotent. */
export async function dropAside(environment: DockerEnvironment, id: string, kept: DockerKept): Promise<void> {
  const { records } = environment;
  await dropContainer(environment, kept.containerId, kept.spec.name);
  const record = records.read(id);
  const needed = [record?.imageId, ...(record?.snapshots ?? []).map((one) => one.imageId)];
  if (!needed.includes(kept.imageId)) await dropLayer(environment, kept.imageId);
}
