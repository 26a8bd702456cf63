import type { ContainerInspectInfo } from 'dockerode';
import { NovaError } from '../../errors.ts';
import { failpoint } from '../../failpoints.ts';
import type { WorkloadSpec } from '../../spec.ts';
import { containersOf, type DockerEnvironment, inspectContainer, isGone } from '../environment.ts';
import type { DockerIntent, DockerKept, DockerRecord } from '../record.ts';
import { anonymousOf } from '../volumes/anonymous.ts';
import { dropAside, inspectOrNull, nameIt, setAside, stopForSwap } from './aside.ts';
import { makeContainer } from './create.ts';
import { dropLayer, keepLayer } from './layer.ts';
import { dropContainer, startStopped } from './run.ts';
import { takenOut } from './taken-out.ts';

/** Another container takes the place of the present one. */
export type Swap = Extract<DockerIntent, { kind: 'swap' }>;

/** What an operation on one workload names. */
type Ref = { id: string; name: string; spec: WorkloadSpec; handle: { version: number } };

/** The present container as it is set aside. */
function present(record: DockerRecord, ref: Ref, info: ContainerInspectInfo): DockerKept {
  return {
    containerId: info.Id,
    imageId: record.imageId,
    ...(record.anonymous === undefined ? {} : { anonymous: record.anonymous }),
    spec: { ...(record.spec ?? ref.spec), name: ref.name },
    atMs: Date.now(),
  };
}

/** Writes the intent and carries it out. */
async function begin(environment: DockerEnvironment, ref: Ref, intent: Swap, signal: AbortSignal) {
  // What stops it is we.
  environment.records.change(ref.id, (record) => ({ ...record, stopAsked: true, intent }));
  await failpoint('docker.change.intent');
  return finishSwap(environment, ref.id, intent, signal);
}

/**
 * Makes the container anew with a changed spec, from the files of its present layer where the image stays. The present one is stopped
 * before the new one starts, since both want the same ports and volumes, and kept aside until the next such change. When the new one
 * does not start the present one comes back by itself.
 */
export async function recreateContainer(
  environment: DockerEnvironment,
  ref: Ref,
  to: WorkloadSpec,
  signal: AbortSignal,
): Promise<DockerRecord> {
  const record = environment.records.get(ref.id);
  const info = await inspectContainer(environment, ref);
  const from = present(record, ref, info);
  const image = String(to.settings['image']);
  const sameImage = from.spec.settings['image'] === image;
  // One that the engine removes as soon as it ends has no layer afterwards.
  const early =
    sameImage && (info.HostConfig.AutoRemove ?? false)
      ? await keepLayer(environment, { id: ref.id, name: ref.name, imageId: from.imageId, pause: true }, info)
      : null;
  const intent: Swap = {
    kind: 'swap',
    spec: to,
    from,
    ...(sameImage ? {} : { image }),
    imageId: null,
    ...early,
    anonymous: await carriedVolumes(environment, anonymousOf(info, from.spec), sameImage ? null : image),
    to: null,
    existing: false,
    start: info.State.Running,
    stopAsked: record.stopAsked,
  };
  return begin(environment, ref, intent, signal);
}

/** Of volumes that no spec names those that go on: with another image those that it asks for too. */
async function carriedVolumes(
  environment: DockerEnvironment,
  anonymous: Record<string, string>,
  image: string | null,
): Promise<Record<string, string>> {
  if (image === null || Object.keys(anonymous).length === 0) return anonymous;
  const { engine } = environment;
  const { Config } = await engine.ask(`Looking at ${image}`, () => engine.docker.getImage(image).inspect());
  const asked = new Set(Object.keys(Config.Volumes ?? {}));
  return Object.fromEntries(Object.entries(anonymous).filter(([target]) => asked.has(target)));
}

/** Brings the kept container back, the same one with its own layer; the present one is kept in its stead. Throws `not_found`. */
export async function revertContainer(
  environment: DockerEnvironment,
  ref: Ref,
  signal: AbortSignal,
): Promise<DockerRecord> {
  const record = environment.records.get(ref.id);
  const { kept } = record;
  if (kept === undefined || (await inspectOrNull(environment, ref.name, kept.containerId)) === null) {
    throw new NovaError('not_found', `${ref.name} keeps no container from before a change.`);
  }
  const info = await inspectContainer(environment, ref);
  const intent: Swap = {
    kind: 'swap',
    spec: { ...kept.spec, name: ref.name },
    from: present(record, ref, info),
    image: kept.imageId ?? String(kept.spec.settings['image']),
    imageId: kept.imageId,
    anonymous: kept.anonymous ?? {},
    to: kept.containerId,
    existing: true,
    start: info.State.Running,
    stopAsked: record.stopAsked,
  };
  return begin(environment, ref, intent, signal);
}

/** Carries out the record's `swap` intent from wherever it was cut off. Throws why the new one does not run; the old one is back then. */
export async function finishSwap(
  environment: DockerEnvironment,
  id: string,
  intent: Swap,
  signal?: AbortSignal,
): Promise<DockerRecord> {
  if (intent.back === true) return goBack(environment, id, intent);
  try {
    return await goOn(environment, id, intent, signal);
  } catch (error) {
    // An engine that is away may still do it: the intent is kept for the next recovery.
    if (!(error instanceof NovaError) || error.retryable) throw error;
    await goBack(environment, id, intent).catch((second: unknown) => {
      if (second instanceof NovaError && second.retryable) throw second;
      throw new NovaError(
        error.code,
        `${error.message} What was before could not be brought back either: ${second instanceof Error ? second.message : String(second)}`,
        { cause: second, details: error.details },
      );
    });
    const state = intent.start ? 'The container from before is back and runs.' : 'The container from before is back.';
    throw new NovaError(error.code, `${error.message} ${state}`, { cause: error, details: error.details });
  }
}

async function goOn(
  environment: DockerEnvironment,
  id: string,
  intent: Swap,
  signal: AbortSignal | undefined,
): Promise<DockerRecord> {
  const { records } = environment;
  const { from, spec } = intent;
  const { name } = spec;
  const note = (change: Partial<Swap>): Swap => {
    const now = { ...intent, ...change };
    records.change(id, (record) => ({ ...record, intent: now }));
    return now;
  };
  const stopIfAsked = (): void => {
    if (signal?.aborted === true) throw new NovaError('cancelled', `The change of ${name} was cancelled.`);
  };
  let now = intent;
  if (now.image === undefined) {
    const info = await stopForSwap(environment, name, from.containerId);
    if (info === null) throw new NovaError('not_found', `The container of ${name} was removed by somebody else.`);
    now = note(await keepLayer(environment, { id, name, imageId: from.imageId, pause: false }, info));
    await failpoint('docker.change.layer');
    stopIfAsked();
  }
  await setAside(environment, name, from.containerId);
  await failpoint('docker.change.aside');
  const next =
    now.to ??
    (await makeContainer(environment, id, spec, now.image, now.anonymous, name, await outOfLayer(environment, now)));
  await nameIt(environment, name, next);
  await failpoint('docker.change.made');
  stopIfAsked();
  now = { ...now, to: next };
  records.change(id, (record) => ({
    ...record,
    containerId: next,
    imageId: now.imageId,
    anonymous: now.anonymous,
    stopAsked: false,
    spec,
    intent: now,
  }));
  await failpoint('docker.change.recorded');
  // With another image it ran until now.
  await stopForSwap(environment, name, from.containerId);
  if (now.start && !(await hasRun(environment, name, next, from.atMs))) {
    await startStopped(environment.engine, name, next);
  }
  await failpoint('docker.change.started');
  const { kept } = records.get(id);
  if (kept !== undefined && kept.containerId !== next) await dropAside(environment, id, kept);
  return records.change(id, (record) => ({ ...record, kept: from, intent: null }));
}

/** What a container that is made from the layer of the one before says of settings that were taken out. */
async function outOfLayer(
  environment: DockerEnvironment,
  { from, spec, image }: Swap,
): Promise<Record<string, unknown>> {
  const named = String(spec.settings['image']);
  if (image === named || from.spec.settings['image'] !== named) return {};
  const { engine } = environment;
  try {
    const { Config } = await engine.ask(`Looking at ${named}`, () => engine.docker.getImage(named).inspect());
    return takenOut(from.spec, spec, Config);
  } catch (error) {
    if (!isGone(error)) throw error;
    return takenOut(from.spec, spec, {});
  }
}

/** Whether it was started before a cut: what it did since then is its own. */
async function hasRun(
  environment: DockerEnvironment,
  name: string,
  containerId: string,
  sinceMs: number,
): Promise<boolean> {
  const info = await inspectOrNull(environment, name, containerId);
  return info !== null && (info.State.Running || Date.parse(info.State.StartedAt) >= sinceMs);
}

/** Puts the old container back into its place, running where it ran. Idempotent; what was kept before stays kept. */
async function goBack(environment: DockerEnvironment, id: string, intent: Swap): Promise<DockerRecord> {
  const { engine, records } = environment;
  const { from } = intent;
  const { name } = intent.spec;
  records.change(id, (record) => ({
    ...record,
    intent: { ...intent, to: intent.existing ? intent.to : null, back: true },
  }));
  await failpoint('docker.change.back');
  if ((await inspectOrNull(environment, name, from.containerId)) === null) {
    records.change(id, (record) => ({ ...record, intent: null }));
    throw new NovaError('not_found', `the container of ${name} was removed by somebody else.`);
  }
  const made = records.get(id).containerId;
  if (intent.existing && intent.to !== null) {
    await stopForSwap(environment, name, intent.to);
    await setAside(environment, name, intent.to);
  } else {
    if (made !== from.containerId) await dropContainer(environment, made, name);
    for (const other of await containersOf(environment, id)) {
      if (other.Id !== from.containerId) await dropContainer(environment, other.Id, name);
    }
  }
  await nameIt(environment, name, from.containerId);
  records.change(id, (record) => ({
    ...record,
    containerId: from.containerId,
    imageId: from.imageId,
    anonymous: from.anonymous,
    spec: from.spec,
    stopAsked: intent.stopAsked,
  }));
  if (intent.start) await startStopped(engine, name, from.containerId);
  await failpoint('docker.change.returned');
  if (intent.imageId !== from.imageId && !intent.existing) await dropLayer(environment, intent.imageId);
  return records.change(id, (record) => ({ ...record, intent: null }));
}
