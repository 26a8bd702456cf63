import type { Handle } from '../../driver.ts';

/** The handle says nothing that the record and the labels don't. */
export const dockerHandle = (containerId: string): Handle => ({ version: 1, containerId });
