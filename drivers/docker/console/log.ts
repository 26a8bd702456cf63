import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { WorkloadRef } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { endOnAbort } from '../engine/lines.ts';
import { type DockerEnvironment, inspectContainer } from '../environment.ts';
import { dockerSettings } from '../plan.ts';
import { unframed } from './frames.ts';

/** Whose log it is, and whether it comes without frames: known from what was asked for, or from the engine for a record that lacks it. */
async function logSource(
  environment: DockerEnvironment,
  ref: WorkloadRef,
): Promise<{ containerId: string; tty: boolean }> {
  const { containerId, spec } = environment.records.get(ref.id);
  if (spec !== undefined) return { containerId, tty: dockerSettings(spec).tty };
  const info = await inspectContainer(environment, ref);
  return { containerId: info.Id, tty: info.Config.Tty };
}

/**
 * The log of both outputs as the engine's answer, followed or not: the client itself would put one that is not followed into memory
 * whole. The caller reads or destroys it.
 */
export function openLog(
  docker: Docker,
  containerId: string,
  query: { follow?: boolean; timestamps?: boolean; tail?: number; since?: number },
): Promise<Readable> {
  return new Promise((resolve, reject) => {
    docker.modem.dial(
      {
        path: `/containers/${containerId}/logs?`,
        method: 'GET',
        isStream: true,
        statusCodes: { 101: true, 200: true, 404: 'no such container', 500: 'server error' },
        options: { stdout: true, stderr: true, ...query },
      },
      (error: unknown, stream: unknown) => {
        if (error === null || error === undefined) resolve(stream as Readable);
        else reject(error);
      },
    );
  });
}

/** The log as a stream of text; follows while `follow` and ends with the container or on abort. */
export async function* dockerLogs(
  environment: DockerEnvironment,
  ref: WorkloadRef,
  options: { follow: boolean; tail?: number; sinceMs?: number; timestamps?: boolean },
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  const { engine } = environment;
  const { containerId, tty } = await logSource(environment, ref);
  const query = {
    follow: options.follow,
    timestamps: options.timestamps ?? false,
    ...(options.tail === undefined ? {} : { tail: options.tail }),
    ...(options.sinceMs === undefined ? {} : { since: options.sinceMs / 1000 }),
  };
  const what = `Reading the log of ${ref.name}`;
  const raw = await engine.ask(what, () => openLog(engine.docker, containerId, query));
  const end = endOnAbort(raw, signal);
  try {
    yield* tty ? raw : unframed(raw);
  } catch (error) {
    if (!signal.aborted)
      throw new NovaError('engine_unavailable', `The log of ${ref.name} was cut.`, { cause: error, retryable: true });
  } finally {
    end();
  }
}
