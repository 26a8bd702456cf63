import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

type Environment = Record<string, string | undefined>;

/** Where the docker command looks for its plugins, after the user's own folder. Source: docker/cli, cli-plugins/manager. */
const pluginDirectories = [
  '/usr/local/lib/docker/cli-plugins',
  '/usr/local/libexec/docker/cli-plugins',
  '/usr/lib/docker/cli-plugins',
  '/usr/libexec/docker/cli-plugins',
];

function onPath(program: string, env: Environment): string | null {
  const directories = (env['PATH'] ?? '').split(delimiter).filter((directory) => directory !== '');
  return directories.map((directory) => join(directory, program)).find((path) => existsSync(path)) ?? null;
}

/** The file of a plugin of the docker command, in the user's own folder or in those of the system; null where it is not installed. */
export function findPlugin(name: string, env: Environment, plugins: string[] = pluginDirectories): string | null {
  const own = join(env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? homedir(), '.docker'), 'cli-plugins');
  return [own, ...plugins].map((directory) => join(directory, name)).find((path) => existsSync(path)) ?? null;
}

/** How Compose is called here: the docker command's plugin before the older program of its own; null without either. */
export function findCompose(env: Environment, plugins: string[] = pluginDirectories): string[] | null {
  const docker = onPath('docker', env);
  if (docker !== null && findPlugin('docker-compose', env, plugins) !== null) return [docker, 'compose'];
  const alone = onPath('docker-compose', env);
  return alone === null ? null : [alone];
}

/** The docker command's own builder, which has BuildKit; null without it. */
export const findBuildx = (env: Environment): string | null =>
  onPath('docker', env) === null ? null : findPlugin('docker-buildx', env);
