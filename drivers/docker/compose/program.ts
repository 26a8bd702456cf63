import type { OperationContext } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { Engine } from '../engine/engine.ts';
import { openRelay } from '../engine/relay.ts';
import { findCompose } from './command.ts';

/** Lines of output that an error shows. */
const shownLines = 15;

/** One call of Compose. */
export type ComposeCall = {
  /** What it does, as the beginning of a message: "bring shop up". */
  what: string;
  project: string;
  files: string[];
  /** Where it runs: relative paths of the files' content are looked for there. */
  directory: string;
  words: string[];
};

/**
 * Runs the Compose that is installed here on the engine. Both programs take these words. Throws `unsupported` without one, `cancelled`,
 * `invalid_spec` with its last lines, and `timeout` when the engine hangs: Compose itself would wait for ever.
 */
export async function runCompose(
  engine: Engine,
  env: Record<string, string | undefined>,
  context: OperationContext,
  call: ComposeCall,
): Promise<void> {
  const command = findCompose(env);
  if (command === null) {
    throw new NovaError(
      'unsupported',
      `Docker Compose is not installed on this machine, neither as a plugin of the docker command nor as docker-compose: nothing can ${call.what}.`,
      { details: { fixes: ['Install one of them, for example: sudo apt-get install docker-compose'] } },
    );
  }
  const [program = '', ...first] = command;
  const argv = [
    ...first,
    ...call.files.flatMap((file) => ['--file', file]),
    '--project-name',
    call.project,
    ...call.words,
  ];
  context.log([program, ...argv].join(' '));
  const { execa } = await import('execa');
  const relay = await openRelay(engine.endpoint);
  const last: string[] = [];
  const over = new AbortController();
  const run = async () => {
    const child = execa(program, argv, {
      cwd: call.directory,
      // The engine that the driver speaks to, whatever this process inherited.
      env: {
        ...env,
        DOCKER_HOST: relay.address,
        DOCKER_CONTEXT: undefined,
        DOCKER_TLS_VERIFY: undefined,
        DOCKER_CERT_PATH: undefined,
        COMPOSE_ANSI: 'never',
        COMPOSE_PROGRESS: 'plain',
      },
      extendEnv: false,
      stdin: 'ignore',
      all: true,
      reject: false,
      cancelSignal: AbortSignal.any([context.signal, over.signal]),
      // It ends what it began in an orderly way; what does not follow is ended by force.
      killSignal: 'SIGINT',
      forceKillAfterDelay: 10_000,
    });
    for await (const line of child.iterable({ from: 'all' })) {
      context.log(line);
      last.push(line);
      if (last.length > shownLines) last.shift();
    }
    return child;
  };
  try {
    const result = await engine.ask(`Compose, which is to ${call.what}`, run, 0);
    if (context.signal.aborted) {
      throw new NovaError('cancelled', `To ${call.what} was cancelled; what is done already stays.`);
    }
    if (result.exitCode === 0) return;
    const said = last.findLast((line) => line.trim() !== '') ?? `exit code ${result.exitCode ?? 'none'}`;
    throw new NovaError('invalid_spec', `Compose could not ${call.what}: ${said}`, {
      details: { command: [program, ...argv].join(' '), log: last },
    });
  } catch (error) {
    if (context.signal.aborted || !(error instanceof NovaError) || !error.retryable) throw error;
    throw new NovaError(error.code, `${error.message} What is done already stays.`, {
      retryable: true,
      cause: error,
      details: { ...error.details, log: last, fixes: [...(error.details.fixes ?? []), 'Ask again: it goes on.'] },
    });
  } finally {
    over.abort();
    await relay.close();
  }
}
