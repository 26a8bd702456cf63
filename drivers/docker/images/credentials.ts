import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { NovaError } from '../../errors.ts';
import { askProgram, type HelperCall } from './credential-helper.ts';

type Environment = Record<string, string | undefined>;

/** The registry that a name without one means, as the docker command stores it. */
const hub = 'https://index.docker.io/v1/';
/** What a helper gives as the user when its secret is an identity token. */
const tokenUser = '<token>';

const entrySchema = z.object({
  auth: z.string().nullish(),
  identitytoken: z.string().nullish(),
  username: z.string().nullish(),
  password: z.string().nullish(),
});
/** Programs in Go write `null` for what they know nothing of. */
const configSchema = z.object({
  auths: z.record(z.string(), entrySchema.nullish()).nullish(),
  credHelpers: z.record(z.string(), z.string()).nullish(),
  credsStore: z.string().nullish(),
});
type Config = z.infer<typeof configSchema>;

/** What a request to the engine carries for a registry. Never logged, never stored. */
export type Credentials =
  | { username: string; password: string; serveraddress: string }
  | { identitytoken: string; serveraddress: string };

/** The registry of an image's name: its first part, when that is a host. Pure. */
export function registryOf(image: string): string {
  const first = image.split('/')[0] ?? '';
  const isHost = image.includes('/') && (first.includes('.') || first.includes(':') || first === 'localhost');
  return !isHost || first === 'docker.io' || first === 'index.docker.io' ? hub : first;
}

/** A key of the configuration as a host: people have written it with scheme and path. Pure. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}

function entryOf<T>(record: Record<string, T> | null | undefined, registry: string): T | undefined {
  return record?.[registry] ?? Object.entries(record ?? {}).find(([key]) => hostOf(key) === hostOf(registry))?.[1];
}

function readConfig(env: Environment): Config | null {
  const path = join(env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? homedir(), '.docker'), 'config.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null; // no configuration: the registry is asked without a name
  }
  if (text.trim() === '') return null;
  try {
    return configSchema.nullable().parse(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch (cause) {
    throw new NovaError('invalid_spec', `${path} can't be read as Docker's configuration.`, {
      cause,
      details: { fixes: [`Correct or remove ${path}.`] },
    });
  }
}

/** Asks the user's helper program; null where it knows nothing of the registry. */
async function askHelper(name: string, registry: string, call: HelperCall): Promise<Credentials | null> {
  const program = `docker-credential-${name}`;
  // The name becomes part of a program's name: one that is a path would run something else.
  if (!/^[A-Za-z0-9._-]+$/.test(name)) {
    throw new NovaError('invalid_spec', `${JSON.stringify(name)} in Docker's configuration is no helper's name.`);
  }
  const answer = await askProgram(program, registry, call);
  if (answer === null) return null;
  let said: unknown;
  try {
    said = JSON.parse(answer);
  } catch {
    return null; // its output may be a secret: it is not shown
  }
  const parsed = z.object({ Username: z.string(), Secret: z.string() }).safeParse(said);
  if (!parsed.success) return null;
  const { Username: username, Secret: password } = parsed.data;
  return username === tokenUser
    ? { identitytoken: password, serveraddress: registry }
    : { username, password, serveraddress: registry };
}

async function credentialsOf(config: Config, registry: string, call: HelperCall): Promise<Credentials | null> {
  const helper = entryOf(config.credHelpers, registry) ?? config.credsStore;
  if (helper !== undefined && helper !== null && helper !== '') {
    const found = await askHelper(helper, registry, call);
    if (found !== null) return found;
  }
  const entry = entryOf(config.auths, registry);
  if (entry?.identitytoken) return { identitytoken: entry.identitytoken, serveraddress: registry };
  if (!entry?.auth) {
    if (!entry?.username) return null;
    return { username: entry.username, password: entry.password ?? '', serveraddress: registry };
  }
  const [username = '', ...rest] = Buffer.from(entry.auth, 'base64').toString('utf8').split(':');
  // Some programs fill the text up with zero bytes, as the docker command knows.
  return { username, password: rest.join(':').replace(/\0+$/, ''), serveraddress: registry };
}

/**
 * Credentials for an image's registry from the user's Docker configuration and its helpers, or null for none. Throws
 * `invalid_spec` on a configuration that can't be read, `permission_denied` when the helper can't be run, `timeout` when it does not
 * answer, and `cancelled`.
 */
export async function credentialsFor(
  image: string,
  env: Environment,
  call: Omit<HelperCall, 'env'> = {},
): Promise<Credentials | null> {
  const config = readConfig(env);
  return config === null ? null : credentialsOf(config, registryOf(image), { ...call, env });
}

/** Credentials of every registry that the configuration names: a build may ask any of them. A helper that fails gives none. */
export async function allCredentials(
  env: Environment,
  call: Omit<HelperCall, 'env'> = {},
): Promise<Record<string, Credentials>> {
  const config = readConfig(env);
  if (config === null) return {};
  const registries = new Set([...Object.keys(config.auths ?? {}), ...Object.keys(config.credHelpers ?? {})]);
  const found = await Promise.all(
    [...registries].map(async (registry) => {
      const credentials = await credentialsOf(config, registry, { ...call, env }).catch(() => null);
      return credentials === null ? [] : [[registry, credentials] as const];
    }),
  );
  return Object.fromEntries(found.flat());
}
