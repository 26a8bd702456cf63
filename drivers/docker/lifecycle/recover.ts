import type { Handle, Observation } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { WorkloadSpec } from '../../spec.ts';
import { leaveOldExecs } from '../console/hang-up.ts';
import { containersOf, type DockerEnvironment, isGone } from '../environment.ts';
import { noteShown } from '../events/ends.ts';
import { observe } from '../observe.ts';
import { dropSnapshotObjects, sourceOf } from '../snapshots/undo.ts';
import { dockerHandle } from './create.ts';
import { sweepLater } from './late.ts';
import { removeObjects } from './remove.ts';
import { settle } from './settle.ts';

/** A clone of the present state that was cut off leaves its snapshot with the origin. */
async function dropCloneSource(environment: DockerEnvironment, cloneId: string): Promise<void> {
  const { records } = environment;
  const source = sourceOf(cloneId);
  for (const id of records.ids()) {
    if (records.read(id)?.snapshots.some((one) => one.id === source) !== true) continue;
    records.change(id, (before) => ({
      ...before,
      currentId:
        before.currentId === source
          ? (before.snapshots.find((one) => one.id === source)?.parentId ?? null)
          : before.currentId,
      snapshots: before.snapshots.filter((one) => one.id !== source),
    }));
    await dropSnapshotObjects(environment, id, source);
  }
}

/** Finds a container again after a restart of the host and ends what was half done. Blocks nobody else, kills nothing that runs. */
export async function recoverContainer(
  environment: DockerEnvironment,
  id: string,
  spec: WorkloadSpec,
  handle: Handle | null,
): Promise<{ observation: Observation; handle: Handle | null; spec?: WorkloadSpec }> {
  const { engine, records } = environment;
  if (handle === null) {
    await removeObjects(environment, id, spec.name);
    records.remove(id);
    await dropCloneSource(environment, id);
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
  if (cutOff === 'snapshot') void sweepLater(environment, id);
  record = records.get(id);
  const { containerId, stopAsked } = record;
  try {
    const info = await engine.ask(`Looking at ${spec.name}`, () => engine.docker.getContainer(containerId).inspect());
    environment.leave(leaveOldExecs(environment, id, info));
    noteShown(environment.shownEnds, containerId, info.State);
    return {
      observation: observe(info, stopAsked),
      handle: dockerHandle(containerId),
      ...(record.spec === undefined ? {} : { spec: record.spec }),
    };
  } catch (error) {
    if (!isGone(error)) throw error;
    return { observation: { phase: 'lost', reason: 'the container was removed by somebody else' }, handle };
  }
}
