import { readFileSync } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import { NovaError } from '../../errors.ts';
import type { ComposeGroup } from '../../groups.ts';
import type { DockerEnvironment } from '../environment.ts';
import { type ComposeStores, composeDown } from './down.ts';
import { projectParts } from './parts.ts';
import { runCompose } from './program.ts';
import { projectOf } from './project.ts';

/** A Compose file is text of some kilobytes; more is another kind of file. */
const mostBytes = 4 * 1024 * 1024;

function readComposeFile(file: string): string {
  if (!isAbsolute(file)) {
    throw new NovaError('invalid_spec', `${file} is no absolute path.`, { details: { field: 'file' } });
  }
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new NovaError('invalid_spec', `${file} can't be read.`, { cause, details: { field: 'file' } });
  }
  if (bytes.length > mostBytes || bytes.includes(0)) {
    throw new NovaError('invalid_spec', `${file} is no Compose file.`, { details: { field: 'file' } });
  }
  return bytes.toString('utf8');
}

/** Brings projects up with the Compose that is installed here, and takes them down. `env` is what it inherits. */
export function createDockerCompose(
  environment: DockerEnvironment,
  env: Record<string, string | undefined>,
  stores: ComposeStores,
): ComposeGroup {
  return {
    async up(context, { file, project: asked }) {
      const project = projectOf(file, readComposeFile(file), asked);
      context.progress(null, `Bringing ${project} up`);
      await runCompose(environment.engine, env, context, {
        what: `bring ${project} up`,
        project,
        files: [file],
        directory: dirname(file),
        words: ['up', '--detach'],
      });
      return { project };
    },
    parts: (project) => projectParts(environment, project),
    down: (context, options) => composeDown(environment, env, stores, context, options),
  };
}
