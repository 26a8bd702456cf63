import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { NovaError } from '../../errors.ts';
import type { ServiceGroup } from '../../groups.ts';
import type { Engine } from '../engine/engine.ts';
import { mapDockerError } from '../engine/map-error.ts';
import { type Listed, type ListedTask, readService, readTask } from './read.ts';
import { type Trouble, troubleText, watchScale } from './trouble.ts';

/** How often the tasks of a service that is being scaled are counted, milliseconds. */
const lookMs = 500;

/** How often a change is tried that another one came before. */
const changeTries = 3;

/** The services of the swarm that the engine manages. */
export function createDockerServices(engine: Engine): ServiceGroup {
  const ask = async (filters?: Record<string, string[]>): Promise<Listed[]> => {
    const options = { status: true, ...(filters === undefined ? {} : { filters: JSON.stringify(filters) }) };
    const listed: unknown = await engine.ask('Listing the services', () =>
      engine.docker.listServices(options as Docker.ServiceListOptions),
    );
    return listed as Listed[];
  };
  const inspect = async (id: string, what: string): Promise<Listed> =>
    (await engine.ask(what, () => engine.docker.getService(id).inspect())) as Listed;
  /** Returns the service's own id and how many it had before. */
  const setReplicas = async (
    id: string,
    replicas: number,
    what: string,
    tries = changeTries,
  ): Promise<{ serviceId: string; before: number }> => {
    const found = await inspect(id, what);
    const { Replicated: before } = found.Spec?.Mode ?? {};
    if (before === undefined) {
      throw new NovaError('invalid_spec', `${what}: only a replicated service has a number of tasks.`, {
        details: { field: 'replicas' },
      });
    }
    if (before.Replicas !== replicas) {
      try {
        await engine.ask(what, () =>
          engine.docker.getService(found.ID).update({
            ...found.Spec,
            version: found.Version?.Index,
            Mode: { Replicated: { Replicas: replicas } },
          }),
        );
      } catch (error) {
        // The manager changes a service by itself too (an update that ends): what was read is old then.
        if (!(error instanceof NovaError) || error.code !== 'conflict' || tries <= 1) throw error;
        return setReplicas(id, replicas, what, tries - 1);
      }
    }
    return { serviceId: found.ID, before: before.Replicas ?? 0 };
  };
  const listTasks = async (serviceId: string, what: string): Promise<ListedTask[]> =>
    (await engine.ask(
      what,
      () => engine.docker.listTasks({ filters: { service: [serviceId] } }) as Promise<unknown>,
    )) as ListedTask[];
  return {
    list: async () => (await ask()).map(readService),
    async tasks(id) {
      const what = `Looking at the tasks of ${id}`;
      // Asked for by itself: a filter for a service that is not there is an error of its own kind in each version.
      const service = await inspect(id, what);
      const [tasks, nodes] = await Promise.all([
        listTasks(service.ID, what),
        engine.ask(what, () => engine.docker.listNodes() as Promise<unknown>),
      ]);
      const names = new Map(
        (nodes as { ID: string; Description?: { Hostname?: string } }[]).map((node) => [
          node.ID,
          node.Description?.Hostname ?? node.ID,
        ]),
      );
      return tasks
        .map((task) => readTask(task, names))
        .sort((a, b) => (a.slot ?? 0) - (b.slot ?? 0) || b.changedAtMs - a.changedAtMs);
    },
    async scale(context, id, replicas) {
      const what = `Scaling ${id}`;
      context.log(`POST /services/${id}/update Replicas=${replicas}`);
      const known = await listTasks((await inspect(id, what)).ID, what);
      const { serviceId, before } = await setReplicas(id, replicas, what);
      const watch = watchScale(new Set(known.map((task) => task.ID)));
      for (;;) {
        // The filter takes what begins so, for a name too: only the id itself is one service.
        const found = (await ask({ id: [serviceId] })).find((one) => one.ID === serviceId);
        if (found === undefined) throw new NovaError('not_found', `The service ${id} was removed meanwhile.`);
        const { running } = readService(found);
        if (running === replicas) return;
        const troubles = watch.look(await listTasks(serviceId, what), Date.now());
        if (troubles !== null) throw notRunning(id, { running, replicas, before }, troubles);
        context.progress(null, `${running} of ${replicas} tasks run`);
        try {
          await sleep(lookMs, undefined, { signal: context.signal });
        } catch (cause) {
          await setReplicas(serviceId, before, `Scaling ${id} back`);
          throw new NovaError('cancelled', `${what} was cancelled; it has ${before} tasks again.`, { cause });
        }
      }
    },
  };
}

/** What to throw of tasks that don't come to run. The number stays as it was asked for: the manager goes on, and may be helped from elsewhere. */
function notRunning(
  id: string,
  { running, replicas, before }: { running: number; replicas: number; before: number },
  troubles: readonly Trouble[],
): NovaError {
  const why = troubleText(troubles);
  const mapped = mapDockerError(new Error(why), id);
  return new NovaError(
    mapped.code === 'internal' ? 'wrong_state' : mapped.code,
    `Scaling ${id}: ${running} of ${replicas} tasks run, and others can't: ${why}. ${replicas} stay asked for: the swarm goes on trying.`,
    {
      retryable: true,
      details: {
        fixes: [
          ...(mapped.details.fixes ?? []),
          'Look at each of its tasks for where it failed.',
          ...(before === replicas ? [] : [`Scale it back to ${before} to give them up.`]),
        ],
        log: troubles.map((one) => (one.slot === null ? one.error : `task ${one.slot}: ${one.error}`)),
      },
    },
  );
}
