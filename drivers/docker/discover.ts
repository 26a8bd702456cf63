import type { ContainerInspectInfo } from 'dockerode';
import { composeProjectLabel } from '../compose-label.ts';
import type { Foreign, Handle } from '../driver.ts';
import { NovaError } from '../errors.ts';
import { type WorkloadSpec, workloadNameSchema, workloadSpecSchema } from '../spec.ts';
import { adoptedCpus, adoptedMounts, adoptedRestart, adoptedSettings } from './adopted.ts';
import { adoptedPorts } from './adopted-ports.ts';
import { homeLabel, idLabel, roleLabel } from './engine/engine.ts';
import { type DockerEnvironment, nextPrefix } from './environment.ts';
import { dockerHandle } from './lifecycle/handle.ts';
import { observe } from './observe.ts';
import { dockerSettingsSchema } from './settings.ts';

/** Containers that serve an operation of ours for moments. */
const helpers = new Set(['copy', 'trial']);

/** Whether a container of the home serves an operation of ours, or is about to take a place. Pure. */
function isHelper(one: { Names: string[]; Labels: Record<string, string> }, home: string): boolean {
  return (
    helpers.has(one.Labels[roleLabel] ?? '') ||
    (one.Labels[homeLabel] === home && one.Names[0]?.startsWith(`/${nextPrefix}`) === true)
  );
}

/** What a swarm puts on the containers of its tasks: it makes and removes them as it likes. Source: SwarmKit, dockerapi. */
const swarmTaskLabel = 'com.docker.swarm.task.id';

/** Containers of the engine that are in no record of ours and that a person may want here. */
export async function discoverContainers(environment: DockerEnvironment): Promise<Foreign[]> {
  const { engine, records, home } = environment;
  const [known, aside] = [await records.byContainer(), await records.aside()];
  const all = await engine.ask('Listing the containers', () => engine.docker.listContainers({ all: true }));
  return all
    .filter((one) => !known.has(one.Id) && !aside.has(one.Id) && !isHelper(one, home))
    .filter((one) => one.Labels[swarmTaskLabel] === undefined)
    .map((one) => ({
      engineId: one.Id,
      name: one.Names[0]?.slice(1) ?? one.Id.slice(0, 12),
      ours: one.Labels[homeLabel] === home && one.Labels[idLabel] !== undefined,
      ...(one.Labels[composeProjectLabel] ? { project: one.Labels[composeProjectLabel] } : {}),
      observation: {
        phase: one.State === 'running' ? 'running' : one.State === 'paused' ? 'paused' : 'stopped',
        reason: one.Status,
      },
    }));
}

/** Others may put anything into a label; what a spec can't hold is left with the engine. */
const isLabel = (text: string): boolean => text.length <= 256 && !/\p{Cc}/u.test(text);

/** The spec that an existing container would have had. Pure. */
export function specOf(info: ContainerInspectInfo): WorkloadSpec {
  const name = info.Name.replace(/^\//, '');
  const host = info.HostConfig;
  const cpus = adoptedCpus(host);
  return workloadSpecSchema.parse({
    name: workloadNameSchema.safeParse(name).success ? name : `container-${info.Id.slice(0, 12)}`,
    driver: 'docker',
    labels: Object.fromEntries(
      Object.entries(info.Config.Labels ?? {}).filter(
        ([name, value]) => name !== '' && !name.startsWith('io.novacron.') && isLabel(name) && isLabel(value),
      ),
    ),
    restart: adoptedRestart(info),
    resources: {
      ...(cpus === null ? {} : { vcpus: cpus }),
      ...(host.Memory ? { memoryBytes: host.Memory } : {}),
    },
    settings: {
      image: info.Config.Image,
      ...(info.Config.Cmd ? { command: info.Config.Cmd } : {}),
      ...(info.Config.Entrypoint ? { entrypoint: [info.Config.Entrypoint].flat() } : {}),
      env: Object.fromEntries(
        (info.Config.Env ?? [])
          .filter((line) => line.includes('='))
          .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
      ),
      ...(info.Config.WorkingDir ? { workingDirectory: info.Config.WorkingDir } : {}),
      ...(info.Config.User ? { user: info.Config.User } : {}),
      ...adoptedSettings(info),
      tty: info.Config.Tty,
      stdin: info.Config.OpenStdin,
      ports: adoptedPorts(info).ports,
      mounts: adoptedMounts(info),
    },
  });
}

/** Throws `unsupported` for what no settings can hold: nothing could be done with it afterwards. */
function refuseUnknown(spec: WorkloadSpec): void {
  const [issue] = dockerSettingsSchema.safeParse(spec.settings).error?.issues ?? [];
  if (issue === undefined) return;
  const field = ['settings', ...issue.path].join('.');
  throw new NovaError('unsupported', `${spec.name} can't be taken into NovaCron's care: ${field}: ${issue.message}`, {
    details: { field, why: issue.message },
  });
}

/** Takes a container into our care: it goes on as it is. */
export async function adoptContainer(
  environment: DockerEnvironment,
  engineId: string,
  id: string,
): Promise<{ spec: WorkloadSpec; handle: Handle }> {
  const { engine, records } = environment;
  const info = await engine.ask('Adopting the container', () => engine.docker.getContainer(engineId).inspect());
  const spec = specOf(info);
  refuseUnknown(spec);
  records.write({
    version: 1,
    id,
    containerId: info.Id,
    imageId: null,
    snapshots: [],
    currentId: null,
    stopAsked: observe(info).phase === 'stopped',
    intent: null,
    spec,
  });
  return { spec, handle: dockerHandle(info.Id) };
}
