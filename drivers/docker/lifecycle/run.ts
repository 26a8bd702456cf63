import type Docker from 'dockerode';
import type { Handle, OperationContext, StopPolicy, WorkloadRef } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { Engine } from '../engine/engine.ts';
import { stopIfCancelled } from '../engine/map-error.ts';
import { type DockerEnvironment, inspectContainer, isGone, unlessGone } from '../environment.ts';
import { thawBeneath } from '../snapshots/thaw.ts';
import { noteFreeze } from './frozen.ts';
import { dockerHandle } from './handle.ts';

/** Whether a request that failed was done all the same: the connection broke before the answer came. An engine that is away has not answered that. */
async function answerWasLost(error: unknown, look: () => Promise<boolean>): Promise<boolean> {
  if (!(error instanceof NovaError) || error.code !== 'engine_unavailable') return false;
  try {
    return await look();
  } catch {
    return false; // it is away: what it said first is told
  }
}

/** Starts a stopped container; success when it runs. Throws `conflict` for a frozen one. */
export async function startStopped(engine: Engine, name: string, containerId: string): Promise<void> {
  const container = () => engine.docker.getContainer(containerId);
  try {
    await engine.ask(
      `Starting ${name}`,
      async () => {
        try {
          await container().start();
        } catch (error) {
          // It runs already.
          if ((error as { statusCode?: number }).statusCode !== 304) throw error;
        }
      },
      engine.limits.longMs,
    );
  } catch (error) {
    const runs = async () => (await engine.ask(`Looking at ${name}`, () => container().inspect())).State.Running;
    if (!(await answerWasLost(error, runs))) throw error;
  }
}

/** Starts it. Success when it runs already; a frozen one goes on. */
export async function startContainer(
  environment: DockerEnvironment,
  context: OperationContext,
  ref: WorkloadRef,
): Promise<Handle> {
  const { engine, records } = environment;
  stopIfCancelled(context, `Starting ${ref.name}`);
  const { containerId, stopAsked } = records.get(ref.id);
  if (stopAsked) records.change(ref.id, (record) => ({ ...record, stopAsked: false }));
  context.log(`POST /containers/${containerId.slice(0, 12)}/start`);
  try {
    await startStopped(engine, ref.name, containerId);
  } catch (error) {
    // Most are not frozen: it is looked only after a refusal.
    if (!(error instanceof NovaError) || error.retryable || isGone(error)) throw error;
    const info = await inspectContainer(environment, ref);
    if (!info.State.Paused) throw error;
    await engine.ask(`Resuming ${ref.name}`, () => engine.docker.getContainer(containerId).unpause());
  }
  return dockerHandle(containerId);
}

/** Ends a container as `docker stop` does; success when it ended by itself meanwhile. */
export async function stopRunning(container: Docker.Container, seconds: number): Promise<void> {
  try {
    await container.stop({ t: seconds });
  } catch (error) {
    // It does not run any more.
    if ((error as { statusCode?: number }).statusCode !== 304) throw error;
  }
}

/** Stops it: asks first, then by force as the policy says. Success when it is stopped. */
export async function stopContainer(
  environment: DockerEnvironment,
  context: OperationContext,
  ref: WorkloadRef,
  policy: StopPolicy,
): Promise<void> {
  const { engine, records } = environment;
  const info = await inspectContainer(environment, ref);
  if (!info.State.Running && !info.State.Paused) return;
  const container = engine.docker.getContainer(info.Id);
  records.change(ref.id, (record) => ({ ...record, stopAsked: true }));
  // A frozen process can't take a signal.
  if (info.State.Paused) await engine.ask(`Resuming ${ref.name} to stop it`, () => container.unpause());
  if (policy.force) {
    const seconds = Math.ceil(policy.graceMs / 1000);
    context.log(`POST /containers/${info.Id.slice(0, 12)}/stop?t=${seconds}`);
    await engine.ask(
      `Stopping ${ref.name}`,
      () => stopRunning(container, seconds),
      policy.graceMs + engine.limits.stopMarginMs,
    );
    return;
  }
  // What the image or the spec says: a web server may end at once by TERM and orderly by QUIT.
  const signal = (info.Config as { StopSignal?: string }).StopSignal || 'SIGTERM';
  await engine.ask(`Asking ${ref.name} to stop`, () => container.kill({ signal }));
  const over = new AbortController();
  try {
    const wait = () => container.wait({ abortSignal: over.signal });
    await engine.ask(`Waiting for ${ref.name}`, wait, Math.max(1, policy.graceMs));
  } catch (error) {
    throw error instanceof NovaError && error.code === 'timeout'
      ? new NovaError('timeout', `${ref.name} did not stop within ${policy.graceMs / 1000} s and still runs.`, {
          details: { fixes: ['Wait longer, or force it off.'] },
        })
      : error;
  } finally {
    over.abort();
  }
}

/** Freezes it; success when it is frozen. */
export async function pauseContainer(environment: DockerEnvironment, ref: WorkloadRef): Promise<void> {
  const info = await inspectContainer(environment, ref);
  if (info.State.Paused) return;
  try {
    await environment.gate.freeze(ref.id, () =>
      environment.engine.ask(`Pausing ${ref.name}`, () => environment.engine.docker.getContainer(info.Id).pause()),
    );
  } catch (error) {
    noteFreeze(environment, ref.id, info, error);
    throw error;
  }
}

/** Lets it go on; success when it runs. */
export async function resumeContainer(environment: DockerEnvironment, ref: WorkloadRef): Promise<void> {
  const info = await inspectContainer(environment, ref);
  if (info.State.Running && !info.State.Paused) {
    // The engine may not know that it is frozen.
    if (environment.records.get(ref.id).freezing !== undefined) await thawBeneath(environment.engine, info);
    return;
  }
  await environment.engine.ask(`Resuming ${ref.name}`, () => environment.engine.docker.getContainer(info.Id).unpause());
}

/** Ends and removes one container with its unnamed volumes unless they are kept; success when it is gone. */
export async function dropContainer(
  environment: DockerEnvironment,
  containerId: string,
  name: string,
  keepVolumes = false,
): Promise<void> {
  const { engine } = environment;
  const container = () => engine.docker.getContainer(containerId);
  const remove = async (): Promise<void> => {
    try {
      await container().remove({ force: true, v: !keepVolumes });
    } catch (error) {
      // By force nothing else is in the way: it is being removed already.
      if ((error as { statusCode?: number }).statusCode !== 409) throw error;
      await container().wait({ condition: 'removed' });
    }
  };
  try {
    await unlessGone(engine.ask(`Removing ${name}`, remove, engine.limits.longMs));
  } catch (error) {
    const gone = () => engine.ask(`Looking at ${name}`, () => container().inspect()).then(() => false, isGone);
    if (!(await answerWasLost(error, gone))) throw error;
  }
}
