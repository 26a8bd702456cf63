import { composeProjectLabel } from '../../drivers/compose-label.ts';

/** How the labels begin that Docker's tools write for themselves, and those that a container has from its image. */
const toolPrefixes = ['com.docker.', 'desktop.docker.io/', 'org.opencontainers.image.', 'org.label-schema.'];

/** Labels that no person gave a workload to sort it by: as groups they would say nothing, or repeat Compose's projects. Pure. */
export const isToolLabel = (key: string): boolean =>
  key !== composeProjectLabel && toolPrefixes.some((prefix) => key.startsWith(prefix));
