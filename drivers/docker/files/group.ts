import type { FileGroup } from '../../driver.ts';
import type { DockerEnvironment } from '../environment.ts';
import { listFiles } from './list.ts';
import { readFiles } from './read.ts';
import { follow } from './stat.ts';
import { writeFiles } from './write.ts';

/** Files of containers, running or not, over the engine's archive requests. */
export function createDockerFiles(environment: DockerEnvironment): FileGroup {
  return {
    list: (ref, path) => listFiles(environment, ref, path),
    stat: async (ref, path) => (await follow(environment, ref, path)).entry,
    read: (ref, path, signal) => readFiles(environment, ref, path, signal),
    write: (ref, path, content, options, signal) => writeFiles(environment, ref, path, content, options, signal),
  };
}
