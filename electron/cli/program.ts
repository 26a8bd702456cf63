import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { NovaError } from '../bridge/contract.ts';
import { version } from '../version.ts';
import { registerClusters } from './commands/clusters.ts';
import { registerCreate } from './commands/create.ts';
import { registerFiles } from './commands/files.ts';
import { registerForeign } from './commands/foreign.ts';
import { registerGroups } from './commands/groups.ts';
import { registerImages } from './commands/images.ts';
import { registerMachine } from './commands/machine.ts';
import { registerResize } from './commands/resize.ts';
import { registerSettings } from './commands/settings.ts';
import { registerSnapshots } from './commands/snapshots.ts';
import { registerStores } from './commands/stores.ts';
import { registerStreams } from './commands/streams.ts';
import { registerWorkloads } from './commands/workloads.ts';
import { addExamples } from './examples.ts';
import { sortExecWords } from './exec-words.ts';
import { reportError } from './report-error.ts';
import { openSession } from './session.ts';

/** Exit codes: 0 done, 1 failed, 2 wrong usage. */
export async function runCommandLine(argv: string[], env: Record<string, string | undefined>): Promise<number> {
  // The reader of a pipe may leave first (`| head`): nobody is left to work for. Node itself forgets that error of standard output.
  const unread = Promise.withResolvers<never>();
  process.stdout.on('error', () => unread.reject(new NovaError('cancelled', 'Nobody reads the output any more.')));
  unread.promise.catch(() => undefined);
  const program = new Command('novacron');
  program
    .description('Run and watch virtual machines, containers and processes.')
    .version(version)
    .option('--json', 'one JSON value on standard output and nothing else')
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError('(novacron --help lists the commands)');
  const run: Parameters<typeof registerWorkloads>[1] = async (command, work) => {
    const session = await openSession(env, command.optsWithGlobals()['json'] === true);
    try {
      await Promise.race([work(session), unread.promise]);
    } finally {
      await session.close();
    }
  };
  for (const register of [
    registerWorkloads,
    registerForeign,
    registerCreate,
    registerSnapshots,
    registerStreams,
    registerImages,
    registerStores,
    registerFiles,
    registerClusters,
    registerGroups,
    registerResize,
    registerMachine,
    registerSettings,
  ])
    register(program, run);
  // `--json` may stand before or after the command.
  for (const command of every(program)) {
    // Both are typed by people who come from other tools.
    if (command.name() === 'ls') command.alias('list');
    if (command.name() === 'rm') command.alias('remove');
    command.option('--json', 'one JSON value on standard output and nothing else').exitOverride();
  }
  addExamples(program);
  try {
    await program.parseAsync(sortExecWords(argv), { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError && !(error instanceof InvalidArgumentError))
      return error.exitCode === 0 ? 0 : 2;
    if (error instanceof InvalidArgumentError) {
      process.stderr.write(`novacron: ${error.message}\n`);
      return 2;
    }
    reportError(error);
    return 1;
  }
}

function every(command: Command): Command[] {
  return command.commands.flatMap((one) => [one, ...every(one)]);
}
