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

/** How Compose is called here: the docker command's plugin before the older program of its own; null without either. */
export function findCompose(env: Environment, plugins: string[] = pluginDirectories): string[] | null {
  const own = join(env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? homedir(), '.docker'), 'cli-plugins');
  const docker = onPath('docker', env);
  if (docker !== null && [own, ...plugins].some((directory) => existsSync(join(directory, 'docker-compose')))) {
    return [docker, 'compose'];
  }
  const alone = onPath('docker-compose', env);
  return alone === null ? null : [alone];
}
