import type Docker from 'dockerode';
import type { Service, ServiceTask } from '../../groups.ts';

/** A service as the engine lists it; `ServiceStatus` comes with `status=true` since API 1.41. */
export type Listed = Docker.Service & { ServiceStatus?: { RunningTasks?: number; DesiredTasks?: number } };

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
  const problem = problemOf(listed);
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
    ...(problem === null ? {} : { problem }),
  };
}

/** A service that is to run on each node that fits has no task at all, and so no error, where none does. */
function problemOf({ Spec: spec, ServiceStatus: status }: Listed): string | null {
  if (spec?.Mode?.Global === undefined || status?.DesiredTasks !== 0) return null;
  const constraints = spec.TaskTemplate?.Placement?.Constraints ?? [];
  return constraints.length === 0
    ? 'no node of the swarm takes it'
    : `no node of the swarm fits its constraints: ${constraints.join(', ')}`;
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
