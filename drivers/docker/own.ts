import type { Foreign, Handle } from '../driver.ts';
import type { WorkloadSpec } from '../spec.ts';
import { specOf } from './discover.ts';
import { type DockerEnvironment, isGone } from './environment.ts';
import { dockerHandle } from './lifecycle/handle.ts';
import { observe } from './observe.ts';
import type { DockerRecord } from './record.ts';

/** How many containers are looked at at one time. */
const looksAtOnce = 16;

/** The spec that was asked for; of an older record the one that the engine shows. Null when the container is gone and nobody knows. */
async function found(
  environment: DockerEnvironment,
  record: DockerRecord,
): Promise<{ spec: WorkloadSpec; observation: Foreign['observation'] } | null> {
  const { engine } = environment;
  try {
    const info = await engine.ask('Looking at the container', () =>
      engine.docker.getContainer(record.containerId).inspect(),
    );
    return { spec: record.spec ?? specOf(info), observation: observe(info, record.stopAsked) };
  } catch (error) {
    if (!isGone(error)) throw error;
    return record.spec === undefined
      ? null
      : {
          spec: record.spec,
          observation: { phase: 'lost', reason: 'the container was removed by somebody else' },
        };
  }
}

/** The workloads of our own records, by their own ids: for a host that has lost its inventory. */
export async function ownContainers(environment: DockerEnvironment): Promise<Foreign[]> {
  const { records } = environment;
  const ids = records.ids();
  const own: Foreign[] = [];
  for (let at = 0; at < ids.length; at += looksAtOnce) {
    const part = await Promise.all(
      ids.slice(at, at + looksAtOnce).map(async (id): Promise<Foreign[]> => {
        const record = records.read(id);
        const one = record === null ? null : await found(environment, record);
        return one === null ? [] : [{ engineId: id, name: one.spec.name, ours: true, ...one }];
      }),
    );
    own.push(...part.flat());
  }
  return own;
}

/** Takes one of our own records back as it is, with its snapshots; null when `engineId` names none. */
export async function adoptOwn(
  environment: DockerEnvironment,
  engineId: string,
): Promise<{ spec: WorkloadSpec; handle: Handle } | null> {
  const record = environment.records.read(engineId);
  const one = record === null ? null : await found(environment, record);
  return record === null || one === null ? null : { spec: one.spec, handle: dockerHandle(record.containerId) };
}
