import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
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
};

type Environment = Record<string, string | undefined>;

function parseAddress(address: string): Endpoint {
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
  switch (url.protocol) {
    case 'tcp:':
    case 'http:':
      return { address, host: url.hostname, port: Number(url.port || 2375), protocol: 'http' };
    case 'https:':
      return { address, host: url.hostname, port: Number(url.port || 2376), protocol: 'https' };
    case 'ssh:':
      return { address, host: url.hostname, port: Number(url.port || 22), protocol: 'ssh', username: url.username };
    default:
      throw new NovaError(
        'invalid_spec',
        `${address}: the scheme ${url.protocol} is not known; use unix, tcp, https or ssh.`,
      );
  }
}

function withCertificates(endpoint: Endpoint, directory: string): Endpoint {
  const read = (name: string): Buffer => readFileSync(join(directory, name));
  return { ...endpoint, protocol: 'https', ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
}

/** The context that `docker context use` chose, or null for the default one. */
function currentContext(env: Environment): Endpoint | null {
  const config = env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? homedir(), '.docker');
  try {
    const chosen =
      env['DOCKER_CONTEXT'] ??
      (JSON.parse(readFileSync(join(config, 'config.json'), 'utf8')) as { currentContext?: string }).currentContext;
    if (!chosen || chosen === 'default') return null;
    // Contexts are stored in a folder named by the SHA-256 of their name.
    const digest = createHash('sha256').update(chosen).digest('hex');
    const meta = JSON.parse(readFileSync(join(config, 'contexts', 'meta', digest, 'meta.json'), 'utf8')) as {
      Endpoints?: { docker?: { Host?: string } };
    };
    const host = meta.Endpoints?.docker?.Host;
    if (!host) return null;
    const endpoint = parseAddress(host);
    if (endpoint.protocol === undefined || endpoint.protocol === 'ssh') return endpoint;
    try {
      return withCertificates(endpoint, join(config, 'contexts', 'tls', digest, 'docker'));
    } catch {
      return endpoint; // a context without TLS files is a plain one
    }
  } catch {
    return null; // no configuration, or one that the docker command could not read either
  }
}

/** The engine to use: DOCKER_HOST, then the current context, then the local socket. Throws `invalid_spec` on a bad address. */
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
  return currentContext(env) ?? parseAddress('unix:///var/run/docker.sock');
}
