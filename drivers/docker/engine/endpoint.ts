import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { NovaError } from '../../errors.ts';

/** Where an engine listens. Environment and context files as the docker command reads them. */
export type Endpoint = {
  /** What the user sees: an address. */
  address: string;
  socketPath?: string;
  host?: string;
  port?: number;
  protocol?: 'http' | 'https' | 'ssh';
  username?: string;
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
  /** Why nothing can listen there: each request fails with it. */
  fault?: string;
  /** The user's context asks not to check the engine's certificate. */
  unverified?: boolean;
};

/** Where an engine listens that nobody has told otherwise. */
export const localSocket = '/var/run/docker.sock';

type Environment = Record<string, string | undefined>;

/** Reads the address of an engine. Throws `invalid_spec`. Pure. */
export function parseAddress(address: string): Endpoint {
  if (address.startsWith('unix://')) return { address, socketPath: address.slice('unix://'.length) };
  let url: URL;
  try {
    url = new URL(address);
  } catch (cause) {
    throw new NovaError(
      'invalid_spec',
      `${address} is no address of a Docker engine; for example unix:///var/run/docker.sock.`,
      { cause },
    );
  }
  // An IPv6 address stands in brackets only within a URL.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  switch (url.protocol) {
    case 'tcp:':
    case 'http:':
      return { address, host, port: Number(url.port || 2375), protocol: 'http' };
    case 'https:':
      return { address, host, port: Number(url.port || 2376), protocol: 'https' };
    case 'ssh:':
      return { address, host, port: Number(url.port || 22), protocol: 'ssh', username: url.username };
    default:
      throw new NovaError(
        'invalid_spec',
        `${address}: the scheme ${url.protocol} is not known; use unix, tcp, https or ssh.`,
      );
  }
}

/** Certificates of a folder, those that are there; with a set that is asked for whole, a missing one throws. */
function withCertificates(endpoint: Endpoint, directory: string): Endpoint {
  const read = (name: string): Buffer => {
    try {
      return readFileSync(join(directory, name));
    } catch (cause) {
      throw new NovaError(
        'invalid_spec',
        `DOCKER_TLS_VERIFY asks for certificates, and ${join(directory, name)} can't be read; DOCKER_CERT_PATH names their folder.`,
        { cause },
      );
    }
  };
  return { ...endpoint, protocol: 'https', ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
}

/** The folder of the docker command's configuration. */
export const configDirectory = (env: Environment): string =>
  env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? homedir(), '.docker');

const metaSchema = z.object({
  Name: z.string(),
  Endpoints: z.object({ docker: z.object({ Host: z.string(), SkipTLSVerify: z.boolean().optional() }).optional() }),
});

/** The endpoint of one context, or null for one that can't be read or has no Docker. */
function readContext(config: string, digest: string): { name: string; endpoint: Endpoint } | null {
  try {
    const meta = metaSchema.parse(
      JSON.parse(readFileSync(join(config, 'contexts', 'meta', digest, 'meta.json'), 'utf8')),
    );
    const docker = meta.Endpoints.docker;
    if (docker === undefined) return null;
    const endpoint = parseAddress(docker.Host);
    if (endpoint.protocol !== 'http' && endpoint.protocol !== 'https') return { name: meta.Name, endpoint };
    const directory = join(config, 'contexts', 'tls', digest, 'docker');
    // A context without TLS files is a plain one.
    if (!existsSync(directory)) return { name: meta.Name, endpoint };
    const read = (name: string): Record<string, Buffer> => {
      const path = join(directory, `${name}.pem`);
      return existsSync(path) ? { [name]: readFileSync(path) } : {};
    };
    return {
      name: meta.Name,
      endpoint: {
        ...endpoint,
        protocol: 'https',
        ...read('ca'),
        ...read('cert'),
        ...read('key'),
        ...(docker.SkipTLSVerify === true ? { unverified: true } : {}),
      },
    };
  } catch {
    return null; // the docker command could not use it either
  }
}

/** Every context of the user's Docker configuration, by name. */
export function readContexts(env: Environment): { name: string; endpoint: Endpoint }[] {
  const config = configDirectory(env);
  let digests: string[];
  try {
    digests = readdirSync(join(config, 'contexts', 'meta'));
  } catch {
    return []; // no contexts
  }
  return digests
    .flatMap((digest) => readContext(config, digest) ?? [])
    .sort((one, other) => one.name.localeCompare(other.name));
}

/** The name that the docker command gives to the engine without a context: the local socket, or DOCKER_HOST. */
export const noContext = 'default';

/** The name of the context that `docker context use` or DOCKER_CONTEXT chose; `default` where none is, or where it can't be read. */
export function readCurrentContext(env: Environment): string {
  const config = configDirectory(env);
  try {
    const chosen =
      env['DOCKER_CONTEXT'] ??
      (JSON.parse(readFileSync(join(config, 'config.json'), 'utf8')) as { currentContext?: string }).currentContext;
    if (!chosen || chosen === noContext) return noContext;
    return contextOf(env, chosen) === null ? noContext : chosen;
  } catch {
    return noContext; // no configuration, or one that the docker command could not read either
  }
}

/** Contexts are stored in a folder named by the SHA-256 of their name. */
const contextOf = (env: Environment, name: string): Endpoint | null =>
  readContext(configDirectory(env), createHash('sha256').update(name).digest('hex'))?.endpoint ?? null;

/** The engine to use: DOCKER_HOST, then the current context, then the local socket. Throws `invalid_spec` on a bad address and on missing certificates. */
export function resolveEndpoint(env: Environment): Endpoint {
  const host = env['DOCKER_HOST'];
  if (host) {
    const endpoint = parseAddress(host.includes('://') ? host : `tcp://${host}`);
    const verify = env['DOCKER_TLS_VERIFY'];
    if (verify && endpoint.protocol === 'http') {
      return withCertificates(endpoint, env['DOCKER_CERT_PATH'] ?? join(env['HOME'] ?? homedir(), '.docker'));
    }
    return endpoint;
  }
  return contextOf(env, readCurrentContext(env)) ?? parseAddress(`unix://${localSocket}`);
}
