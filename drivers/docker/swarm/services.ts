import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { NovaError } from '../../errors.ts';
import type { Service, ServiceGroup, ServiceTask } from '../../groups.ts';
import type { Engine } from '../engine/engine.ts';

/** How often the tasks of a service that is being scaled are counted, milliseconds. */
const lookMs = 500;

/** How often a change is tried that another one came before. */
const changeTries = 3;

/** A service as the engine lists it; `ServiceStatus` comes with `status=true` since API 1.41. */
type Listed = Docker.Service & { ServiceStatus?: { RunningTasks?: number; DesiredTasks?: number } };

const modeOf = (mode: Docker.ServiceMode | undefined): Service['mode'] => {
  if (mode?.Global !== undefined) return 'global';
  if (mode?.ReplicatedJob !== undefined || mode?.GlobalJob !== undefined) return 'job';
  return 'replicated';
};

/** Reads the engine's words for one service. Source: Docker Engine API, `GET /services`. */
export function readService(listed: Listed): Service {
  const spec = listed.Spec ?? {};
  const template = spec.TaskTemplate as { ContainerSpec?: { Image?: string } } | undefined;
  const image = template?.ContainerSpec?.Image ?? '';
  const ports = (listed.Endpoint?.Ports ?? []) as {
    PublishedPort?: number;
    TargetPort?: number;
    Protocol?: string;
  }[];
  return {
    id: listed.ID,
    name: spec.Name ?? listed.ID,
    // The digest that the manager pins is for machines.
    image: image.split('@')[0] ?? image,
    mode: modeOf(spec.Mode),
    desired: listed.ServiceStatus?.DesiredTasks ?? spec.Mode?.Replicated?.Replicas ?? 0,
    running: listed.ServiceStatus?.RunningTasks ?? 0,
    ports: ports.map((port) => `${port.PublishedPort ?? '?'} → ${port.TargetPort ?? '?'}/${port.Protocol ?? 'tcp'}`),
    createdAtMs: Date.parse(listed.CreatedAt ?? '') || 0,
  };
}

/** A task as the engine lists it. Source: Docker Engine API, `GET /tasks`. */
export type ListedTask = {
  ID: string;
  UpdatedAt?: string;
  Slot?: number;
  NodeID?: string;
  DesiredState?: string;
  Spec?: { ContainerSpec?: { Image?: string } };
  Status?: {
    Timestamp?: string;
    State?: string;
    Message?: string;
    Err?: string;
    ContainerStatus?: { ContainerID?: string };
  };
};

/** Reads the engine's words for one task; `nodes` are host names by node id. Pure. */
export function readTask(listed: ListedTask, nodes: ReadonlyMap<string, string>): ServiceTask {
  const { Status: status = {} } = listed;
  const image = listed.Spec?.ContainerSpec?.Image ?? '';
  const container = status.ContainerStatus?.ContainerID ?? '';
  return {
    id: listed.ID,
    slot: listed.Slot ?? null,
    node: nodes.get(listed.NodeID ?? '') ?? listed.NodeID ?? '',
    state: status.State ?? 'new',
    wanted: listed.DesiredState ?? '',
    reason: status.Err ?? status.Message ?? '',
    ...(status.Err === undefined || status.Err === '' ? {} : { error: status.Err }),
    image: image.split('@')[0] ?? image,
    ...(container === '' ? {} : { containerId: container }),
    changedAtMs: Date.parse(status.Timestamp ?? listed.UpdatedAt ?? '') || 0,
  };
}

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
  return {
    list: async () => (await ask()).map(readService),
    async tasks(id) {
      const what = `Looking at the tasks of ${id}`;
      // Asked for by itself: a filter for a service that is not there is an error of its own kind in each version.
      const service = await inspect(id, what);
      const [tasks, nodes] = await Promise.all([
        engine.ask(what, () => engine.docker.listTasks({ filters: { service: [service.ID] } }) as Promise<unknown>),
        engine.ask(what, () => engine.docker.listNodes() as Promise<unknown>),
      ]);
      const names = new Map(
        (nodes as { ID: string; Description?: { Hostname?: string } }[]).map((node) => [
          node.ID,
          node.Description?.Hostname ?? node.ID,
        ]),
      );
      return (tasks as ListedTask[])
        .map((task) => readTask(task, names))
        .sort((a, b) => (a.slot ?? 0) - (b.slot ?? 0) || b.changedAtMs - a.changedAtMs);
    },
    async scale(context, id, replicas) {
      const what = `Scaling ${id}`;
      context.log(`POST /services/${id}/update Replicas=${replicas}`);
      const { serviceId, before } = await setReplicas(id, replicas, what);
      for (;;) {
        // The filter takes what begins so, for a name too: only the id itself is one service.
        const found = (await ask({ id: [serviceId] })).find((one) => one.ID === serviceId);
        if (found === undefined) throw new NovaError('not_found', `The service ${id} was removed meanwhile.`);
        const { running } = readService(found);
        if (running === replicas) return;
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
