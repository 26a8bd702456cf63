import { readFileSync } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import { NovaError } from '../../errors.ts';
import type { ComposeGroup } from '../../groups.ts';
import type { Endpoint } from '../engine/endpoint.ts';
import { findCompose } from './command.ts';
import { projectOf } from './project.ts';

/** Lines of output that an error shows. */
const shownLines = 15;
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

/** Brings projects up with the Compose that is installed here. `env` is what it inherits. */
export function createDockerCompose(endpoint: Endpoint, env: Record<string, string | undefined>): ComposeGroup {
  return {
    async up(context, { file, project: asked }) {
      const command = findCompose(env);
      if (command === null) {
        throw new NovaError('unsupported', 'Docker Compose is not installed.', {
          details: { fixes: ['Install docker-compose-plugin or docker-compose.'] },
        });
      }
      const project = projectOf(file, readComposeFile(file), asked);
      const [program = '', ...words] = command;
      const argv = [...words, '--file', file, '--project-name', project, 'up', '--detach'];
      context.log([program, ...argv].join(' '));
      context.progress(null, `Bringing ${project} up`);
      const { execa } = await import('execa');
      const child = execa(program, argv, {
        cwd: dirname(file),
        // The engine that the driver speaks to, whatever this process inherited. TLS settings stay the user's.
        env: { ...env, DOCKER_HOST: endpoint.address, COMPOSE_ANSI: 'never', COMPOSE_PROGRESS: 'plain' },
        extendEnv: false,
        stdin: 'ignore',
        all: true,
        reject: false,
        cancelSignal: context.signal,
        // It ends what it began in an orderly way; what does not follow is ended by force.
        killSignal: 'SIGINT',
        forceKillAfterDelay: 10_000,
      });
      const last: string[] = [];
      for await (const line of child.iterable({ from: 'all' })) {
        context.log(line);
        last.push(line);
        if (last.length > shownLines) last.shift();
      }
      const result = await child;
      if (context.signal.aborted) {
        throw new NovaError('cancelled', `Bringing ${project} up was cancelled; what came up already stays.`);
      }
      if (result.exitCode !== 0) {
        const said = last.findLast((line) => line.trim() !== '') ?? `exit code ${result.exitCode ?? 'none'}`;
        throw new NovaError('invalid_spec', `Compose could not bring ${project} up: ${said}`, {
          details: { command: [program, ...argv].join(' '), log: last },
        });
      }
      return { project };
    },
  };
}
