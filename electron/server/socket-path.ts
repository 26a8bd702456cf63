import { join } from 'node:path';

/** Where the host of a runtime directory listens for the command line. */
export const hostSocketPath = (runtimeDirectory: string): string => join(runtimeDirectory, 'host');
