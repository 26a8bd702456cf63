import Docker from 'dockerode';
import type { Endpoint } from './endpoint.ts';
import { mapDockerError } from './map-error.ts';

/** Longest wait for the answer to an ordinary request, milliseconds: an engine that hangs must not hang us. */
const requestTimeoutMs = 20_000;

/** A connection to one engine. */
export type Engine = {
  readonly docker: Docker;
  readonly endpoint: Endpoint;
  /** Runs one request; failures come as NovaError whose message begins with `what`. `timeoutMs` 0 waits for ever. */
  ask<T>(what: string, request: () => Promise<T>, timeoutMs?: number): Promise<T>;
};

/** Opens no connection: each request makes its own. */
export function createEngine(endpoint: Endpoint): Engine {
  const { address: _address, ...options } = endpoint;
  const docker = new Docker(options.socketPath === undefined ? options : { socketPath: options.socketPath });
  return {
    docker,
    endpoint,
    async ask(what, request, timeoutMs = requestTimeoutMs) {
      let timer: NodeJS.Timeout | undefined;
      try {
        const answer = request();
        if (timeoutMs === 0) return await answer;
        const late = new Promise<never>((_, reject) => {
          timer = setTimeout(() => {
            reject(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
          }, timeoutMs);
        });
        return await Promise.race([answer, late]);
      } catch (error) {
        throw mapDockerError(error, what);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** Label with the workload's id on everything that we make. */
export const idLabel = 'io.novacron.id';
/** Label with the data directory's hash: another NovaCron's objects are not ours. */
export const homeLabel = 'io.novacron.home';
/** Label with what an object is for: `workload`, `snapshot`, `copy`. */
export const roleLabel = 'io.novacron.role';
