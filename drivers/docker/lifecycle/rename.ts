import type { WorkloadRef } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { type DockerEnvironment, inspectContainer } from '../environment.ts';

/** Gives a container another name. Idempotent; a rename whose answer was lost counts when the container has the name. */
export async function renameContainer(environment: DockerEnvironment, ref: WorkloadRef, name: string): Promise<void> {
  const { engine, records } = environment;
  const info = await inspectContainer(environment, ref);
  // First, so that a host that dies in between finds the name that was wanted.
  const { spec: before } = records.get(ref.id);
  records.change(ref.id, (record) => ({ ...record, spec: { ...ref.spec, name } }));
  if (info.Name === `/${name}`) return;
  try {
    await engine.ask(`Renaming ${ref.name}`, () => engine.docker.getContainer(info.Id).rename({ name }));
  } catch (error) {
    const lost = error instanceof NovaError && error.code === 'engine_unavailable';
    const now = lost ? await inspectContainer(environment, ref).catch(() => null) : null;
    if (now?.Name === `/${name}`) return;
    // An engine that is silent may still do it.
    if (!(error instanceof NovaError && error.retryable) || now !== null)
      records.change(ref.id, (record) => ({ ...record, spec: before }));
    throw error;
  }
}
