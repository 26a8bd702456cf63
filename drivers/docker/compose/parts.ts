import { isAbsolute, join } from 'node:path';
import { composeProjectLabel } from '../../compose-label.ts';
import type { ComposeParts } from '../../groups.ts';
import type { DockerEnvironment } from '../environment.ts';

/** What Compose writes on all that it makes. Source: docker/compose, pkg/api/labels.go; docker-compose 1.29, const.py. */
const label = {
  project: composeProjectLabel,
  files: 'com.docker.compose.project.config_files',
  directory: 'com.docker.compose.project.working_dir',
} as const;

/** The files that a container's labels name; relative ones, of the older program, are of its working directory. Pure. */
export function filesOf(labels: Readonly<Record<string, string>>): string[] {
  const directory = labels[label.directory] ?? '';
  return (labels[label.files] ?? '')
    .split(',')
    .filter((file) => file !== '')
    .map((file) => (isAbsolute(file) ? file : join(directory, file)))
    .filter((file) => isAbsolute(file));
}

/** What carries a project's label in the engine now. */
export async function projectParts(environment: DockerEnvironment, project: string): Promise<ComposeParts> {
  const { engine, records } = environment;
  const what = `Looking for the project ${project}`;
  const filters = { label: [`${label.project}=${project}`] };
  const [known, aside] = await Promise.all([records.byContainer(), records.aside()]);
  const [containers, networks, volumes] = await Promise.all([
    engine.ask(what, () => engine.docker.listContainers({ all: true, filters })),
    engine.ask(what, () => engine.docker.listNetworks({ filters })),
    engine.ask(what, () => engine.docker.listVolumes({ filters: JSON.stringify(filters) as never })),
  ]);
  return {
    files: [...new Set(containers.flatMap((one) => filesOf(one.Labels)))],
    containers: containers.map((one) => {
      // One that is set aside goes with the workload that it is kept for.
      const workloadId = known.get(one.Id) ?? aside.get(one.Id);
      return {
        engineId: one.Id,
        name: one.Names[0]?.slice(1) ?? one.Id.slice(0, 12),
        ...(workloadId === undefined ? {} : { workloadId }),
      };
    }),
    networks: networks.map((one) => one.Name).toSorted(),
    volumes: ((volumes.Volumes as { Name: string }[] | null) ?? []).map((one) => one.Name).toSorted(),
  };
}
