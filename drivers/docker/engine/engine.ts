import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import type Docker from 'dockerode';
import type { DockerOptions } from 'dockerode';
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

/**
 * What the client is made with. Everything is said, be it undefined: the client takes what is left out from DOCKER_HOST of
 * this process, which is another engine.
 */
async function clientOptions(endpoint: Endpoint): Promise<DockerOptions> {
  const none = {
    host: undefined,
    port: undefined,
    username: undefined,
    ca: undefined,
    cert: undefined,
    key: undefined,
  };
  if (endpoint.socketPath !== undefined)
    return { ...none, protocol: 'http', socketPath: endpoint.socketPath } as object;
  const { host, port, ca, cert, key } = endpoint;
  const base = { ...none, socketPath: undefined, host, port };
  if (endpoint.protocol === 'ssh') {
    const { sshAgent } = await import('./ssh-agent.ts');
    // The host is of no meaning behind the tunnel; it only has to be a name.
    return { ...base, protocol: 'http', host: 'docker', port: 80, agent: sshAgent(endpoint) } as object;
  }
  if (endpoint.protocol === 'https') {
    const { Agent } = await import('node:https');
    const agent = new Agent({
      keepAlive: true,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      rejectUnauthorized: endpoint.unverified !== true,
    });
    return { ...base, protocol: 'https', ca, cert, key, agent } as object;
  }
  return { ...base, protocol: 'http' } as object;
}

/** Opens no connection: each request makes its own. */
export function createEngine(endpoint: Endpoint): Engine {
  let docker: Docker | null = null;
  // Loaded with the first request: the client brings SSH and gRPC along, half of what a host without Docker would load at all.
  const load = async (): Promise<void> => {
    if (docker !== null) return;
    if (endpoint.socketPath !== undefined && !existsSync(endpoint.socketPath)) {
      throw Object.assign(new Error(`there is no ${endpoint.socketPath}`), { code: 'ENOENT' });
    }
    const { default: Client } = await import('dockerode');
    docker ??= new Client(await clientOptions(endpoint));
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

/** The value of that label for the records of a directory: several of ours can use one engine. */
export function homeOf(root: string): string {
  return createHash('sha256').update(root).digest('hex').slice(0, 16);
}
/** Label with what an object is for: `workload`, `snapshot`, `copy`. */
export const roleLabel = 'io.novacron.role';
