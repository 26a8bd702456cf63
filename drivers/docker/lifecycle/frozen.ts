import type { ContainerInspectInfo } from 'dockerode';
import type { Observation } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { DockerEnvironment } from '../environment.ts';
import { observe } from '../observe.ts';
import type { DockerRecord } from '../record.ts';
import { isFrozenBeneath } from '../snapshots/thaw.ts';

/** What a person is told of a container that stands still while its engine takes it for running. */
const stuck =
  'It stands still: its engine went away while it was being frozen, and takes it for running since. Stop it and start it again; resuming lets its programs go on where the engine is on this machine, but commands in it are refused until it is started again.';

/** Notes that a freeze may have been done by an engine that did not live to know of it. */
export function noteFreeze(
  { records }: Pick<DockerEnvironment, 'records'>,
  id: string,
  info: ContainerInspectInfo,
  error: unknown,
): void {
  const unknown = error instanceof NovaError && (error.code === 'engine_unavailable' || error.code === 'timeout');
  // It is frozen already, and the engine did not say so.
  const already = error instanceof NovaError && error.code === 'wrong_state';
  if (unknown || already) records.change(id, (record) => ({ ...record, freezing: info.State.StartedAt }));
}

/** What an inspect answer means, with what the record knows beside it. */
export async function observed(
  { engine, records }: Pick<DockerEnvironment, 'engine' | 'records'>,
  record: DockerRecord,
  info: ContainerInspectInfo,
): Promise<Observation> {
  const seen = observe(info, record.stopAsked);
  if (record.freezing === undefined) return seen;
  const same = info.State.StartedAt === record.freezing && seen.phase === 'running';
  // Null where nobody here can tell: then it may be.
  if (same && (await isFrozenBeneath(engine, info)) !== false) return { ...seen, attention: stuck };
  records.change(record.id, ({ freezing, ...rest }) => (freezing === record.freezing ? rest : { ...rest, freezing }));
  return seen;
}
