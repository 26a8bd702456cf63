import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { DockerOptions } from 'dockerode';
import { NovaError } from '../../errors.ts';
import type { Endpoint } from './endpoint.ts';
import { type EngineLimits, engineLimits, giveUp, keepLate } from './limits.ts';
import { mapDockerError } from './map-error.ts';

/** What the client sends each request through, which its types leave out. */
type Modem = { dial(options: { method?: string; abortSignal?: AbortSignal }, done: unknown): void };

/** Methods that change nothing in the engine: nobody needs the late answer to one that was given up. */
const reads: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** A request of the client whose types know no options. */
type Pingable = { ping(options: { abortSignal: AbortSignal }): Promise<unknown> };

/** A connection to one engine. */
export type Engine = {
  /** The client; only inside the request of an `ask`, or after one. */
  readonly docker: Docker;
  readonly endpoint: Endpoint;
  readonly limits: Readonly<EngineLimits>;
  /**
   * Runs one request; failures come as NovaError whose message begins with `what`. With `timeoutMs` 0 it waits as long as the engine
   * answers anything at all. One that is given up leaves no connection where it only reads: an engine can hang for days.
   */
  ask<T>(what: string, request: () => Promise<T>, timeoutMs?: number): Promise<T>;
  /**
   * Waits, at most `mostMs`, for the answers to requests that were given up: an engine that hung does them when it goes on. Whether all
   * have come. Never rejects.
   */
  answered(mostMs: number): Promise<boolean>;
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
export function createEngine(endpoint: Endpoint, limits: Readonly<EngineLimits> = engineLimits): Engine {
  const late = new Set<Promise<unknown>>();
  let docker: Docker | null = null;
  /** Ends what is sent just now when it is given up. A first request is sent before the call of it returns. */
  let sending: AbortSignal | null = null;
  // Loaded with the first request: the client brings SSH and gRPC along, half of what a host without Docker would load at all.
  const load = async (): Promise<void> => {
    if (docker !== null) return;
    if (endpoint.fault !== undefined) {
      throw new NovaError('invalid_spec', endpoint.fault, {
        details: { fixes: ['Correct DOCKER_HOST and what belongs to it, or unset it, and start NovaCron again.'] },
      });
    }
    if (endpoint.socketPath !== undefined && !existsSync(endpoint.socketPath)) {
      throw Object.assign(new Error(`there is no ${endpoint.socketPath}`), { code: 'ENOENT' });
    }
    const { default: Client } = await import('dockerode');
    const options = await clientOptions(endpoint);
    if (docker !== null) return;
    docker = new Client(options);
    const modem = docker.modem as Modem;
    const dial = modem.dial.bind(modem);
    modem.dial = (request, done) => {
      const ends = sending !== null && request.abortSignal === undefined && reads.has(request.method ?? '');
      dial(ends ? { ...request, abortSignal: sending as AbortSignal } : request, done);
    };
  };
  return {
    get docker() {
      if (docker === null) throw new NovaError('internal', 'The Docker client is used before the first request.');
      return docker;
    },
    endpoint,
    limits,
    async ask(what, request, timeoutMs = limits.requestMs) {
      let answer: ReturnType<typeof request> | null = null;
      const over = new AbortController();
      const gaveUp = new AbortController();
      try {
        await load();
        const ping = (signal: AbortSignal) => (docker as Pingable | null)?.ping({ abortSignal: signal });
        sending = gaveUp.signal;
        try {
          answer = request();
        } finally {
          sending = null;
        }
        return await Promise.race([answer, giveUp(timeoutMs, limits.requestMs, ping, over.signal)]);
      } catch (error) {
        const mapped = mapDockerError(error, what);
        if (answer !== null && mapped.code === 'timeout') {
          keepLate(late, answer);
          gaveUp.abort();
        }
        throw mapped;
      } finally {
        over.abort();
      }
    },
    async answered(mostMs) {
      if (late.size === 0) return true;
      const all = Promise.allSettled(late).then(() => true);
      const over = new AbortController();
      const most = sleep(mostMs, false, { signal: over.signal }).catch(() => false);
      const done = await Promise.race([all, most]);
      over.abort();
      return done;
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
/** Label with the driver's own name on what it needs for moments: of one that has ended nobody needs it. */
export const instanceLabel = 'io.novacron.instance';
/** Label with what an object is for: `workload`, `snapshot`, `copy`. */
export const roleLabel = 'io.novacron.role';
