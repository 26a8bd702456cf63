import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { NovaError } from '../../errors.ts';
import {
  type Endpoint,
  localSocket,
  noContext,
  parseAddress,
  readContexts,
  readCurrentContext,
  resolveEndpoint,
} from '../engine/endpoint.ts';

type Environment = Record<string, string | undefined>;

/** The engine of the workloads that name none: theirs for as long as there are any, whatever context is chosen since. */
export type Home = {
  endpoint: Endpoint;
  /** Its context; null when DOCKER_HOST names it. */
  context: string | null;
};

const fileSchema = z.object({ context: z.string(), address: z.string() });

/** The file in the driver's directory that says whose the records beside it are. Not `.json`: those are the records. */
const fileOf = (root: string): string => join(root, 'home-engine');

/** Whether records of workloads lie in a directory. */
export function hasRecords(root: string): boolean {
  try {
    return readdirSync(root).some((name) => name.endsWith('.json'));
  } catch {
    return false; // nobody has made it
  }
}

/** The directory of the records of an engine that is not the home. */
export const recordsOf = (root: string, name: string): string => join(root, 'endpoints', encodeURIComponent(name));

function readHome(root: string): z.infer<typeof fileSchema> | null {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(fileOf(root), 'utf8')));
  } catch {
    return null; // not written yet, or not by us
  }
}

function endpointOfContext(env: Environment, name: string, address: string): Endpoint {
  if (name === noContext) return parseAddress(`unix://${localSocket}`);
  // Of one that is gone only the address is left; certificates are gone with it.
  const found = readContexts(env).find((one) => one.name === name)?.endpoint;
  if (found !== undefined) return found;
  const fault = `The context ${name} of these workloads is not among Docker's contexts any more.`;
  return address.startsWith('unix://') ? parseAddress(address) : { address, fault };
}

/** An address that is none keeps nobody from his other workloads: it is an engine that can't be asked. */
function ofEnvironment(env: Environment, address: string): Endpoint {
  try {
    return resolveEndpoint(env);
  } catch (error) {
    if (!(error instanceof NovaError)) throw error;
    return { address, fault: error.message };
  }
}

/**
 * Chooses the home when a host starts, and notes it: DOCKER_HOST where it is set, else the context that it was before while it has
 * workloads, else the one that is chosen now.
 */
export function openHome(root: string, env: Environment): Home {
  // Who sets it means this engine, now: nothing is noted.
  if (env['DOCKER_HOST']) return { endpoint: ofEnvironment(env, env['DOCKER_HOST']), context: null };
  const chosen = readCurrentContext(env);
  const before = readHome(root);
  const stays =
    before !== null && before.context !== chosen && (hasRecords(root) || hasRecords(recordsOf(root, chosen)));
  if (stays) return { endpoint: endpointOfContext(env, before.context, before.address), context: before.context };
  const endpoint = resolveEndpoint(env);
  if (before?.context !== chosen || before.address !== endpoint.address) {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    const temporary = `${fileOf(root)}.new`;
    writeFileSync(temporary, JSON.stringify({ context: chosen, address: endpoint.address }), { mode: 0o600 });
    renameSync(temporary, fileOf(root));
  }
  return { endpoint, context: chosen };
}
