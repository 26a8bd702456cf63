import { hostPortSchema, insidePortSchema } from '../spec.ts';

/** One published port. */
export const publishSchema = hostPortSchema.extend({ containerPort: insidePortSchema });

/** Ports that a person can still look through one by one. */
export const mostPorts = 200;
