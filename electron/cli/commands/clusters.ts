import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { table } from '../table.ts';
import { finishAndPrint, type Register } from './context.ts';

const replicasOf = (text: string): number => {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count > 10_000) throw new InvalidArgumentError('A number of tasks from 0 to 10000.');
  return count;
};

/** services: ls, scale; compose: up. */
export const registerClusters: Register = (program, run) => {
  const services = program.command('services').description('services of the clusters that this machine manages');
  services
    .command('ls', { isDefault: true })
    .description('all services, with how many of their tasks run')
    .action((_options, command) =>
      run(command, async (session) => {
        const all = await session.client.call('services.list', {});
        const rows = all.map((one) => [
          one.name,
          one.mode,
          `${one.running}/${one.desired}`,
          one.image,
          one.ports.join(', '),
        ]);
        session.print(all, table([['NAME', 'MODE', 'TASKS', 'IMAGE', 'PORTS'], ...rows]));
      }),
    );
  services
    .command('scale <service>')
    .argument('<replicas>', 'how many tasks', replicasOf)
    .description('change how many tasks of a service run, and wait until they do')
    .action((service: string, replicas: number, _options, command) =>
      run(command, async (session) =>
        finishAndPrint(
          session,
          await session.client.call('services.scale', { service, replicas }),
          () => `${service}: ${replicas} tasks run`,
        ),
      ),
    );
  const compose = program.command('compose').description('projects of Compose files');
  compose
    .command('up <file>')
    .description('bring up what a Compose file describes; it appears as made by others until you adopt it')
    .option('--project <name>', "the project's name; the file's or its folder's by default")
    .action((file: string, options: { project?: string }, command) =>
      run(command, async (session) =>
        finishAndPrint(
          session,
          await session.client.call('compose.up', { file: resolve(file), ...options }),
          () => `${file}: up`,
          { log: true },
        ),
      ),
    );
};
