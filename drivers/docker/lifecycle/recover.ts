import type { Handle, Observation } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { WorkloadSpec } from '../../spec.ts';
import { leaveOldExecs } from '../console/hang-up.ts';
import { containersOf, type DockerEnvironment, isGone } from '../environment.ts';
import { observed } from './frozen.ts';
import { dockerHandle } from './handle.ts';
import { sweepLater } from './late.ts';
import { settle } from './settle.ts';
import { dropMade } from './unfinished.ts';

/** Finds a container again after a restart of the host and ends what was half done. Blocks nobody else, kills nothing that runs. */
export async function recoverContainer(
  environment: DockerEnvironment,
  id: string,
  spec: WorkloadSpec,
  handle: Handle | null,
  last?: Observation,
): Promise<{ observation: Observation; handle: Handle | null; spec?: WorkloadSpec }> {
  const { engine, records } = environment;
  // What the engine was asked for before it hung is done when it goes on: only then it can be told how things stand.
  await engine.answered(engine.limits.requestMs);
  if (handle === null) {
    await dropMade(environment, id, spec.name);
    // The engine may still be at what the host before asked for.
    void sweepLater(environment, id, spec.name);
    return { observation: { phase: 'lost', reason: 'its creation was cut off; nothing of it is left' }, handle: null };
  }
  let record = records.read(id);
  if (record === null) {
    const [found] = await containersOf(environment, id);
    if (found === undefined)
      return { observation: { phase: 'lost', reason: 'the engine has no container of it' }, handle };
    record = records.write({
      version: 1,
      id,
      containerId: found.Id,
      imageId: null,
      snapshots: [],
      currentId: null,
      stopAsked: false,
      intent: null,
    });
  }
  const cutOff = record.intent?.kind;
  try {
    await settle(environment, id);
  } catch (error) {
    if (cutOff !== 'swap' || !(error instanceof NovaError) || error.retryable) throw error;
    // The old one is back, as far as it can be: what is there is told below.
  }
  if (cutOff !== undefined) void sweepLater(environment, id, spec.name);
  record = records.get(id);
  const { containerId } = record;
  try {
    const info = await engine.ask(`Looking at ${spec.name}`, () => engine.docker.getContainer(containerId).inspect());
    environment.leave(leaveOldExecs(environment, id, info));
    if (last !== undefined) environment.runs.remember(containerId, last);
    environment.runs.see(containerId, info.State);
    return {
      observation: await observed(environment, record, info),
      handle: dockerHandle(containerId),
      ...(record.spec === undefined ? {} : { spec: record.spec }),
    };
  } catch (error) {
    if (!isGone(error)) throw error;
    return { observation: { phase: 'lost', reason: 'the container was removed by somebody else' }, handle };
  }
}
