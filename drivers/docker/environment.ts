import type Docker from 'dockerode';
import type { ContainerInspectInfo } from 'dockerode';
import type { Capability, WorkloadRef } from '../driver.ts';
import { NovaError } from '../errors.ts';
import { type Engine, homeLabel, idLabel } from './engine/engine.ts';
import type { Notices } from './events/notices.ts';
import type { Runs } from './events/runs.ts';
import type { FreezeGate } from './freeze-gate.ts';
import type { Notes } from './lifecycle/notes.ts';
import { asideOf, type RecordStore } from './record.ts';

/** How the names of containers that are set aside begin. */
export const asidePrefix = 'novacron-kept-';
/** How the names of containers begin that are to take a place which is not free yet. */
export const nextPrefix = 'novacron-next-';

/** What the parts of the driver share. */
export type DockerEnvironment = {
  engine: Engine;
  records: RecordStore;
  /** Names this data directory on the engine's labels. */
  home: string;
  /** Names this driver among those that used the directory before it. */
  instance: string;
  /** Keeps freezes and the starts of commands apart. */
  gate: FreezeGate;
  /** Takes care of work that ends by itself after its caller has left: the driver waits for it before it closes. */
  leave(work: Promise<void>): void;
  /** Aborted when the driver closes. */
  closing: AbortSignal;
  /** Makings that failed and are undone when the engine answers again, by id. */
  unfinished: Map<string, Promise<void>>;
  /** Ids whose left-overs the engine can still make: kept for the next host. */
  notes: Notes;
  /** What is being settled, by id: whoever comes meanwhile waits for the same. */
  settling: Map<string, Promise<void>>;
  /** Snapshots that failed and are undone when the engine answers again, by workload; a settle before that takes them out. */
  undoing: Map<string, symbol>;
  /** Whether the engine can keep the memory of containers, as far as that was tried. */
  checkpoints(): Capability;
  /** What the engine warns of and its events do not tell. */
  notices: Notices;
  /** What was seen of the runs of containers: to be told each answer that becomes an observation. */
  runs: Runs;
};

/** Tells what the engine warns of: a limit that its kernel can't keep is left out by it without an error. */
export function tellWarnings(
  environment: Pick<DockerEnvironment, 'notices'>,
  at: { id: string; name: string },
  warnings: readonly string[] | null | undefined,
): void {
  for (const warning of warnings ?? [])
    environment.notices.tell({
      type: 'notice',
      id: at.id,
      level: 'warning',
      message: `${at.name}: the Docker engine warns: ${warning}`,
    });
}

/**
 * The containers that the engine has for an id of ours, by label, without those that are set aside. Several can be left by a cut-off
 * replace.
 */
export async function containersOf(environment: DockerEnvironment, id: string): Promise<Docker.ContainerInfo[]> {
  const { engine, home, records } = environment;
  const all = await engine.ask('Looking for the container', () =>
    engine.docker.listContainers({
      all: true,
      filters: { label: [`${idLabel}=${id}`, `${homeLabel}=${home}`, 'io.novacron.role=workload'] },
    }),
  );
  const record = records.read(id);
  const aside = record === null ? [] : asideOf(record);
  // While another takes its place the present one is no left-over.
  if (record?.intent?.kind === 'swap') aside.push(record.intent.from.containerId);
  // The name tells where the record is lost.
  const beside = (name = ''): boolean => name.startsWith(`/${asidePrefix}`) || name.startsWith(`/${nextPrefix}`);
  return all.filter((one) => !aside.includes(one.Id) && !(record === null && beside(one.Names[0])));
}

/** The engine's own facts. Throws `not_found` when it is gone. */
export async function inspectContainer(
  environment: DockerEnvironment,
  ref: WorkloadRef,
): Promise<ContainerInspectInfo> {
  const { engine, records } = environment;
  const record = records.get(ref.id);
  return engine.ask(`Looking at ${ref.name}`, () => engine.docker.getContainer(record.containerId).inspect());
}

/** True when the error says that the engine has no such thing. */
export const isGone = (error: unknown): boolean => error instanceof NovaError && error.code === 'not_found';

/** Runs a removal for which "it is gone" is success. */
export async function unlessGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
