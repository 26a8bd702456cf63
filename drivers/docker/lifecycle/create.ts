import type { Handle, OperationContext } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { WorkloadSpec } from '../../spec.ts';
import { createContainer } from '../engine/create-container.ts';
import { stopIfCancelled } from '../engine/map-error.ts';
import { containersOf, type DockerEnvironment, tellWarnings, unlessGone } from '../environment.ts';
import { createBody, dockerSettings, endpointConfig, shownBody } from '../plan.ts';
import { dockerHandle } from './handle.ts';
import { undoMaking, waitForUndone } from './unfinished.ts';

/**
 * Makes the container of an id, or finds the one that an earlier try made (its answer may have been lost). `name` is another than the
 * spec's where that one is not free yet; `more` are fields of the request beside the spec's, with variables beside its own.
 */
export async function makeContainer(
  environment: DockerEnvironment,
  id: string,
  spec: WorkloadSpec,
  image?: string,
  anonymous?: Readonly<Record<string, string>>,
  name: string = spec.name,
  more: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const { engine, home } = environment;
  const plain = createBody(id, home, spec, image, anonymous);
  const variables = [...(plain.Env ?? []), ...((more['Env'] ?? []) as string[])];
  const body = { ...plain, ...more, Env: variables, name };
  let made: string;
  try {
    const answer = await engine.ask(`Making ${spec.name}`, () => createContainer(engine.docker, body));
    made = answer.id;
    tellWarnings(environment, { id, name: spec.name }, answer.warnings);
  } catch (error) {
    const lost = error instanceof NovaError && (error.code === 'already_exists' || error.retryable);
    if (!lost) throw error;
    const all = await containersOf(environment, id).catch(() => []);
    const found = all.find((one) => one.Names.includes(`/${name}`));
    if (found === undefined) throw error;
    made = found.Id;
  }
  await joinNetworks(environment, made, spec);
  return made;
}

/** Joins the networks beside the first: a create takes only one. Idempotent; a container that can't join is removed. */
async function joinNetworks(environment: DockerEnvironment, containerId: string, spec: WorkloadSpec): Promise<void> {
  const { engine } = environment;
  const settings = dockerSettings(spec);
  const { networks } = settings;
  if (networks.length === 0) return;
  const container = engine.docker.getContainer(containerId);
  try {
    const info = await engine.ask(`Looking at ${spec.name}`, () => container.inspect());
    for (const network of networks) {
      if (info.NetworkSettings.Networks[network.name] !== undefined) continue;
      const one = engine.docker.getNetwork(network.name);
      const what = `Joining ${spec.name} to ${network.name}`;
      // The engine takes a network that is not there, and fails at the start.
      await engine.ask(what, () => one.inspect());
      await engine.ask(what, () =>
        one.connect({ Container: containerId, EndpointConfig: endpointConfig(settings, network) }),
      );
    }
  } catch (error) {
    await unlessGone(engine.ask(`Removing ${spec.name}`, () => container.remove({ force: true, v: true })));
    throw error;
  }
}

/** As `makeContainer`; what an engine that does not answer makes late is removed. */
async function makeFirst(environment: DockerEnvironment, id: string, spec: WorkloadSpec): Promise<string> {
  try {
    return await makeContainer(environment, id, spec);
  } catch (error) {
    if (error instanceof NovaError && error.retryable) await undoMaking(environment, id, spec.name, error);
    throw error;
  }
}

/** Makes a stopped container. Idempotent on the id; nothing is left of a failure. */
export async function createDockerWorkload(
  environment: DockerEnvironment,
  context: OperationContext,
  id: string,
  spec: WorkloadSpec,
): Promise<Handle> {
  const { records } = environment;
  // Checks the id before anything is made under it.
  const known = records.read(id);
  stopIfCancelled(context, `Making ${spec.name}`);
  await waitForUndone(environment, id, spec.name);
  environment.notes.drop(id);
  // A first create asks nothing: one whose answer was lost is found by its name, which is taken then.
  const [there] = known === null ? [] : await containersOf(environment, id);
  context.log(`POST /containers/create ${JSON.stringify(shownBody(createBody(id, environment.home, spec)))}`);
  stopIfCancelled(context, `Making ${spec.name}`);
  const containerId = there?.Id ?? (await makeFirst(environment, id, spec));
  records.write({
    version: 1,
    id,
    containerId,
    imageId: null,
    snapshots: [],
    currentId: null,
    stopAsked: false,
    intent: null,
    spec,
    ...known,
  });
  const handle = dockerHandle(containerId);
  context.saveHandle(handle);
  return handle;
}
