import type { ComposeGroup, ComposeParts } from '../../../drivers/driver.ts';
import { NovaError } from '../../../drivers/errors.ts';
import type { DriverName } from '../../../drivers/spec.ts';
import { type ComposeDownPlan, composeProjectLabel, type Job } from '../../bridge/contract.ts';
import type { HostContext } from '../context.ts';
import { refreshForeign } from '../workloads/foreign.ts';
import { stop, stopPolicy } from '../workloads/lifecycle.ts';
import { refreshSnapshots } from '../workloads/observe.ts';
import type { WorkloadRecord } from '../workloads/registry.ts';
import { removeNow } from '../workloads/remove.ts';
import { startGroupJob } from './job.ts';
import { waitForAll } from './members.ts';
import { startSteps } from './order.ts';

/** A project in one engine; the default one where none is named. */
export type ComposeProject = { driver: DriverName; project: string; endpoint?: string | undefined };

/** What an engine is called that nobody names. */
const defaultEndpoint = 'default';

const canTakeDown = (group: ComposeGroup): group is Required<ComposeGroup> =>
  group.parts !== undefined && group.down !== undefined;

function composeOf(host: HostContext, driver: DriverName): Required<ComposeGroup> {
  const { compose } = host.drivers.get(driver);
  return compose && canTakeDown(compose) ? compose : host.drivers.refuse(driver, 'compose');
}

const storeOf = ({ endpoint }: ComposeProject): { endpoint?: string } => (endpoint === undefined ? {} : { endpoint });

/** Our workloads of the project: those whose containers the engine has, and those whose container is gone. The trash has some too. */
function oursOf(host: HostContext, asked: ComposeProject, parts: ComposeParts): WorkloadRecord[] {
  const ids = new Set(parts.containers.map((one) => one.workloadId));
  return host.registry.all().filter(({ id, row }) => {
    const { driver, labels, settings } = row.spec;
    const isHere = (settings['endpoint'] ?? defaultEndpoint) === (asked.endpoint ?? defaultEndpoint);
    return ids.has(id) || (driver === asked.driver && isHere && labels[composeProjectLabel] === asked.project);
  });
}

/** What would go, by name. Throws `not_found` for a project of which nothing is there. */
export async function planComposeDown(host: HostContext, asked: ComposeProject): Promise<ComposeDownPlan> {
  const parts = await composeOf(host, asked.driver).parts(asked.project, storeOf(asked));
  const ours = oursOf(host, { ...asked, endpoint: asked.endpoint ?? parts.endpoint }, parts);
  if (ours.length + parts.containers.length + parts.networks.length + parts.volumes.length === 0) {
    const where = asked.endpoint === undefined ? '' : ` in ${asked.endpoint}`;
    throw new NovaError('not_found', `There is nothing of a Compose project ${asked.project}${where}.`);
  }
  const workloads = ours.map(async (record) => {
    const shown = host.state.snapshots(record.id) ?? (await refreshSnapshots(host, record));
    return {
      id: record.id,
      name: record.row.spec.name,
      running: record.row.observation.phase === 'running',
      snapshots: shown.snapshots.length,
      protected: record.row.spec.protected,
    };
  });
  return {
    project: asked.project,
    workloads: await Promise.all(workloads),
    containers: parts.containers.filter((one) => !ours.some(({ id }) => id === one.workloadId)).map((one) => one.name),
    networks: parts.networks,
    volumes: parts.volumes,
  };
}

/**
 * Takes a project down as one job: our workloads end in the order of their labels and are removed with their snapshots, then
 * the engine's rest of it. One that fails ends it; what is gone by then stays gone, and asking again goes on.
 */
export async function composeDown(
  host: HostContext,
  named: ComposeProject,
  options: { volumes: boolean },
): Promise<{ job: Job }> {
  const compose = composeOf(host, named.driver);
  const { project } = named;
  const parts = await compose.parts(project, storeOf(named));
  // Where nobody said which engine, the one that has it.
  const asked = { ...named, endpoint: named.endpoint ?? parts.endpoint };
  const ours = oursOf(host, asked, parts);
  const held = ours.filter((record) => record.row.spec.protected).map((record) => record.row.spec.name);
  if (held.length > 0) {
    throw new NovaError(
      'conflict',
      `${project}: ${held.join(', ')} is protected against removal. Switch the protection off first.`,
    );
  }
  return startGroupJob(host, { verb: 'compose-down', subject: project }, async (context) => {
    const steps = startSteps(ours, (record) => record.row.spec.labels).reverse();
    for (const step of steps) {
      const present = step.filter((record) => record.row.handle !== null && record.row.trashedUntilMs === null);
      const policy = stopPolicy(host, { force: true });
      await waitForAll(
        host,
        context,
        present.map((record) => stop(host, record, policy).job),
        { what: project },
      );
      context.signal.throwIfAborted();
      await waitForAll(
        host,
        context,
        step.map((record) => removeNow(host, record).job),
        { what: project },
      );
      context.signal.throwIfAborted();
    }
    await compose.down({ ...context, saveHandle: () => {} }, { ...storeOf(asked), project, volumes: options.volumes });
    await refreshForeign(host, host.drivers.get(asked.driver));
    return { project };
  });
}
