/** The label by which Compose names a container's project. Source: Compose specification. */
export const composeProjectLabel = 'com.docker.compose.project';
