import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { ComposeDownPlan } from '../../bridge/contract.ts';
import { table } from '../table.ts';
import { formatAge } from '../units.ts';
import { finishAndPrint, type Register } from './context.ts';

const replicasOf = (text: string): number => {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count > 10_000) throw new InvalidArgumentError('A number of tasks from 0 to 10000.');
  return count;
};

type InEngine = { endpoint?: string };
const endpointOption = ['--endpoint <name>', 'the engine, where Docker has several'] as const;

const join = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '));

/** What a `down` takes, told before or in place of it. */
export function planText(plan: ComposeDownPlan, volumes: boolean): string {
  const ours = plan.workloads.map(
    (one) =>
      `${one.name} (${one.snapshots === 1 ? '1 snapshot' : `${one.snapshots} snapshots`}${one.protected ? ', protected' : ''})`,
  );
  return [
    `in NovaCron's care, removed for good with their snapshots: ${join(ours)}`,
    `other containers, removed: ${join(plan.containers)}`,
    `networks, removed: ${join(plan.networks)}`,
    `volumes, ${volumes ? 'removed with their files' : 'kept'}: ${join(plan.volumes)}`,
  ].join('\n');
}

/** services: ls, scale, tasks; compose: up, down. */
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
          one.endpoint ?? '',
          one.problem ?? '',
        ]);
        session.print(all, table([['NAME', 'MODE', 'TASKS', 'IMAGE', 'PORTS', 'ENGINE', 'PROBLEM'], ...rows]));
      }),
    );
  services
    .command('scale <service>')
    .argument('<replicas>', 'how many tasks', replicasOf)
    .description('change how many tasks of a service run, and wait until they do')
    .option(...endpointOption)
    .action((service: string, replicas: number, options: InEngine, command) =>
      run(command, async (session) =>
        finishAndPrint(
          session,
          await session.client.call('services.scale', { service, replicas, ...options }),
          () => `${service}: ${replicas} tasks run`,
        ),
      ),
    );
  services
    .command('tasks <service>')
    .description('its tasks: where each runs, what it does, and why it failed')
    .option(...endpointOption)
    .action((service: string, options: InEngine, command) =>
      run(command, async (session) => {
        const all = await session.client.call('services.tasks', { service, ...options });
        const rows = all.map((one) => [
          one.slot === null ? '' : String(one.slot),
          one.node,
          one.state,
          one.wanted,
          formatAge(Date.now() - one.changedAtMs),
          one.reason,
        ]);
        session.print(all, table([['SLOT', 'NODE', 'STATE', 'WANTED', 'AGE', 'REASON'], ...rows]));
      }),
    );
  const compose = program.command('compose').description('projects of Compose files');
  compose
    .command('up <file>')
    .description('bring up what a Compose file describes; it appears as made by others until you adopt it')
    .option('--project <name>', "the project's name; the file's or its folder's by default")
    .option(...endpointOption)
    .action((file: string, options: InEngine & { project?: string }, command) =>
      run(command, async (session) =>
        finishAndPrint(
          session,
          await session.client.call('compose.up', { file: resolve(file), ...options }),
          () => `${file}: up`,
          { log: true },
        ),
      ),
    );
  compose
    .command('down <project>')
    .description('stop and remove all of a project; adopted workloads with their snapshots')
    .option('--volumes', 'its volumes too, with their files')
    .option('--plan', 'only tell what it would remove')
    .option(...endpointOption)
    .action((project: string, options: InEngine & { volumes?: boolean; plan?: boolean }, command) =>
      run(command, async (session) => {
        const { volumes = false, plan: only = false, ...engine } = options;
        const plan = await session.client.call('compose.planDown', { project, ...engine });
        if (only) {
          session.print(plan, planText(plan, volumes));
          return;
        }
        await finishAndPrint(
          session,
          await session.client.call('compose.down', { project, volumes, ...engine }),
          () => `${project}: down\n${planText(plan, volumes)}`,
          { log: true },
        );
      }),
    );
};
