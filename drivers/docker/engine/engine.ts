import { existsSync } from 'node:fs';
import type Docker from 'dockerode';
import { NovaError } from '../../errors.ts';
import type { Endpoint } from './endpoint.ts';
import { mapDockerError } from './map-error.ts';

/** Longest wait for the answer to an ordinary request, milliseconds: an engine that hangs must not hang us. */
const requestTimeoutMs = 20_000;

/** A connection to one engine. */
export type Engine = {
  /** The client; only inside the request of an `ask`, or after one. */
  readonly docker: Docker;
  readonly endpoint: Endpoint;
  /** Runs one request; failures come as NovaError whose message begins with `what`. `timeoutMs` 0 waits for ever. */
  ask<T>(what: string, request: () => Promise<T>, timeoutMs?: number): Promise<T>;
};

/** Opens no connection: each request makes its own. */
export function createEngine(endpoint: Endpoint): Engine {
  const { address: _address, ...options } = endpoint;
  let docker: Docker | null = null;
  // Loaded with the first request: the client brings SSH and gRPC along, half of what a host without Docker would load at all.
  const load = async (): Promise<void> => {
    if (docker !== null) return;
    if (options.socketPath !== undefined && !existsSync(options.socketPath)) {
      throw Object.assign(new Error(`there is no ${options.socketPath}`), { code: 'ENOENT' });
    }
    const { default: Client } = await import('dockerode');
    docker ??= new Client(options.socketPath === undefined ? options : { socketPath: options.socketPath });
  };
  return {
    get docker() {
      if (docker === null) throw new NovaError('internal', 'The Docker client is used before the first request.');
      return docker;
    },
    endpoint,
    async ask(what, request, timeoutMs = requestTimeoutMs) {
      let timer: NodeJS.Timeout | undefined;
      try {
        await load();
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
