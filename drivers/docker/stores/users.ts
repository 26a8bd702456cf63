import type Docker from 'dockerode';
import type { DockerEnvironment } from '../environment.ts';

/** How a container is named where it is told who uses something: one that is set aside by its workload. */
export async function userNames(
  environment: Pick<DockerEnvironment, 'records'>,
): Promise<(container: Pick<Docker.ContainerInfo, 'Id' | 'Names'>) => string> {
  const { records } = environment;
  const aside = await records.aside();
  return (container) => {
    const owner = aside.get(container.Id);
    const name = owner === undefined ? undefined : records.read(owner)?.spec?.name;
    return name === undefined
      ? (container.Names[0]?.slice(1) ?? container.Id)
      : `${name} (kept from before its last change)`;
  };
}
