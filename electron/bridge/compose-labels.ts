/** The label by which Compose names a container's project. Source: Compose specification. */
export const composeProjectLabel = 'com.docker.compose.project';

/** Labels that Compose writes for itself: as groups they would only repeat its projects. Pure. */
export const isComposeBookkeeping = (key: string): boolean =>
  key.startsWith('com.docker.compose.') && key !== composeProjectLabel;
