import { InvalidArgumentError } from 'commander';
import { composeProjectLabel, type GroupKey } from '../../bridge/contract.ts';
import { table } from '../table.ts';
import { formatAge } from '../units.ts';
import { finishAndPrint, type Register } from './context.ts';

/** `KEY=VALUE`, or the name of a compose project. Throws a usage error. */
export function parseGroup(text: string): GroupKey {
  const at = text.indexOf('=');
  if (at === 0 || text === '')
    throw new InvalidArgumentError('A group is written LABEL=VALUE, or is a compose project.');
  return at === -1 ? { key: composeProjectLabel, value: text } : { key: text.slice(0, at), value: text.slice(at + 1) };
}

/** group ls, start, stop, snapshot, snapshots, restore, rm-snapshot. */
export const registerGroups: Register = (program, run) => {
  const groups = program
    .command('group')
    .description('workloads that share a label: LABEL=VALUE, or a compose project');
  groups
    .command('ls')
    .description('the groups by their labels')
    .action((_options, command) =>
      run(command, async (session) => {
        const all = await session.client.call('groups.list', {});
        const rows = all.map((one) => [`${one.key}=${one.value}`, `${one.running}/${one.workloads.length}`]);
        session.print(all, table([['GROUP', 'RUNNING'], ...rows]));
      }),
    );
  groups
    .command('start <group>')
    .description('start all, in the order that their compose labels ask for')
    .action((text: string, _options, command) =>
      run(command, async (session) =>
        finishAndPrint(
          session,
          await session.client.call('groups.start', { group: parseGroup(text) }),
          () => `${text}: started`,
        ),
      ),
    );
  groups
    .command('stop <group>')
    .description('stop all, those that others need last')
    .option('--grace <seconds>', 'how long to wait for an orderly end', Number)
    .option('--force', 'end them at once')
    .action((text: string, options: { grace?: number; force?: boolean }, command) =>
      run(command, async (session) => {
        const graceSeconds = options.force === true ? 0 : options.grace;
        const started = await session.client.call('groups.stop', {
          group: parseGroup(text),
          ...(graceSeconds === undefined ? {} : { graceSeconds }),
        });
        await finishAndPrint(session, started, () => `${text}: stopped`);
      }),
    );
  groups
    .command('snapshot <group> <name>')
    .description('take all at one point in time; those that run are frozen meanwhile')
    .option('--no-memory', 'keep disks only: they stand still for a shorter time')
    .option('--notes <text>', 'free text', '')
    .action((text: string, name: string, options: { memory: boolean; notes: string }, command) =>
      run(command, async (session) => {
        const started = await session.client.call('groups.snapshot', { group: parseGroup(text), name, ...options });
        await finishAndPrint(session, started, (job) => {
          const { stoodStillMs, notFrozen } = job.result as { stoodStillMs: number; notFrozen: string[] };
          const moved = notFrozen.length === 0 ? '' : `; not frozen, so only near that point: ${notFrozen.join(', ')}`;
          return `${text}: snapshot ${name} taken; all stood still for ${stoodStillMs} ms${moved}`;
        });
      }),
    );
  groups
    .command('snapshots <group>')
    .description('its snapshots, newest first')
    .action((text: string, _options, command) =>
      run(command, async (session) => {
        const all = await session.client.call('groups.snapshots', { group: parseGroup(text) });
        const rows = all.map((one) => [
          one.name,
          formatAge(Date.now() - one.createdAtMs),
          String(one.members.length),
          one.missing.length === 0 ? '' : `${one.missing.length} of the group have no part in it`,
        ]);
        session.print(all, table([['NAME', 'AGE', 'WORKLOADS', ''], ...rows]));
      }),
    );
  groups
    .command('restore <group> <snapshot>')
    .description('bring all back to it, and to what each did then')
    .option('--no-keep', 'do not keep the present state')
    .action((text: string, snapshot: string, options: { keep: boolean }, command) =>
      run(command, async (session) => {
        const started = await session.client.call('groups.restore', { group: parseGroup(text), snapshot, ...options });
        await finishAndPrint(session, started, () => `${text}: back at ${snapshot}`);
      }),
    );
  groups
    .command('rm-snapshot <group> <snapshot>')
    .description('remove it from all')
    .action((text: string, snapshot: string, _options, command) =>
      run(command, async (session) => {
        const started = await session.client.call('groups.removeSnapshot', { group: parseGroup(text), snapshot });
        await finishAndPrint(session, started, () => `${text}: snapshot ${snapshot} removed`);
      }),
    );
};
