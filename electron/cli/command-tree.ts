import { Command } from 'commander';
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

/** All commands, each of which has `run` do its work. The caller parses. */
export function createCommandTree(run: Parameters<typeof registerWorkloads>[1]): Command {
  const program = new Command('novacron');
  program
    .description('Run and watch virtual machines, containers and processes.')
    .version(version)
    .option('--json', 'one JSON value on standard output and nothing else')
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError('(novacron --help lists the commands)');
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
  return program;
}

function every(command: Command): Command[] {
  return command.commands.flatMap((one) => [one, ...every(one)]);
}
