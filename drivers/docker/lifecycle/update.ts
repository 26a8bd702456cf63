import type { Handle, OperationContext, WorkloadRef } from '../../driver.ts';
import type { Resources, WorkloadSpec } from '../../spec.ts';
import { diffDocker } from '../diff.ts';
import { type DockerEnvironment, inspectContainer, tellWarnings } from '../environment.ts';
import { observe } from '../observe.ts';
import { limits } from '../plan.ts';
import { dockerHandle } from './handle.ts';
import { settle } from './settle.ts';
import { recreateContainer } from './swap.ts';

/** Changes the limits of the running container, or makes it anew where the change asks for that. Idempotent: what the record says already is not done again. */
export async function updateContainer(
  environment: DockerEnvironment,
  context: OperationContext,
  ref: WorkloadRef,
  to: WorkloadSpec,
): Promise<{ handle: Handle; confirmed: Resources }> {
  const { engine, records } = environment;
  await settle(environment, ref.id);
  const { containerId, spec } = records.get(ref.id);
  const changes = diffDocker(spec ?? ref.spec, to);
  if (changes.some((change) => change.effect === 'recreate')) {
    context.log(`POST /containers/create and /start; ${containerId.slice(0, 12)} is stopped before that, and kept`);
    const record = await recreateContainer(environment, ref, to, context.signal);
    context.saveHandle(dockerHandle(record.containerId));
  } else if (changes.some(({ field }) => field.startsWith('resources.') || field.startsWith('settings.'))) {
    const answer: { Warnings?: string[] | null } = await engine.ask(`Changing the limits of ${ref.name}`, () =>
      engine.docker.getContainer(containerId).update(limits(to)),
    );
    tellWarnings(environment, ref, answer.Warnings);
  }
  records.change(ref.id, (record) => ({ ...record, spec: to }));
  const info = await inspectContainer(environment, ref);
  return { handle: dockerHandle(info.Id), confirmed: observe(info).confirmed ?? {} };
}
