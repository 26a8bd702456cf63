import { errorData } from '../../bridge/contract.ts';
import { table } from '../table.ts';
import { formatAge } from '../units.ts';
import { finishEach, type Register } from './context.ts';

/** ls, inspect, start, stop, restart, pause, resume, reset, revert, drop-kept, rm, rename, restore-from-trash. */
export const registerWorkloads: Register = (program, run) => {
  program
    .command('ls')
    .description('list all workloads')
    .option('-a, --all', 'those in the trash too')
    .action((options: { all?: boolean }, command) =>
      run(command, async (session) => {
        if (session.json) {
          const whole = await session.client.call('workloads.list', {});
          session.print(
            whole.filter((one) => options.all === true || one.trashedUntilMs === null),
            '',
          );
          return;
        }
        const all = await session.client.call('workloads.rows', {});
        const rows = all
          .filter((one) => options.all === true || !one.trashed)
          .map((one) => [
            one.name,
            one.driver,
            one.trashed ? `${one.phase} (in the trash)` : one.phase,
            one.startedAtMs === null ? '' : formatAge(Date.now() - one.startedAtMs),
            one.attention ?? one.reason,
          ]);
        session.print(null, table([['NAME', 'DRIVER', 'STATE', 'UP', 'REASON'], ...rows]));
      }),
    );
  program
    .command('inspect <workload>')
    .description('all that is known of one workload: what runs, and the plan of a start')
    .action((workload: string, _options, command) =>
      run(command, async (session) => {
        const found = await session.client.call('workloads.get', { workload });
        const engine = await session.client.call('workloads.describe', { workload });
        // What a start would run, and what of it needs another look: an engine that is away has no plan.
        const planned = await session.client.call('workloads.plan', { spec: found.spec }).then(
          (answer) => ({ plan: answer.plan }),
          (error: unknown) => ({ plan: null, planError: errorData(error).message }),
        );
        const value = { ...found, ...planned, engine };
        session.print(value, JSON.stringify(value, null, 2));
      }),
    );
  const verbs = [
    ['start', 'workloads.start', 'start it'],
    ['restart', 'workloads.restart', 'stop and start it'],
    ['pause', 'workloads.pause', 'freeze it'],
    ['resume', 'workloads.resume', 'let a frozen one go on'],
    ['reset', 'workloads.reset', 'hard reset, as by the button'],
    ['revert', 'workloads.revert', 'bring back the container from before its last change, with its own files'],
    ['drop-kept', 'workloads.dropKept', 'remove the container that is kept from before the last change'],
  ] as const;
  for (const [verb, method, description] of verbs) {
    program
      .command(`${verb} <workload...>`)
      .description(description)
      .action((names: string[], _options, command) =>
        run(command, (session) =>
          finishEach(
            session,
            names,
            (workload) => session.client.call(method, { workload }),
            (workload) => `${workload}: ${verb} done`,
          ),
        ),
      );
  }
  program
    .command('stop <workload...>')
    .description('ask it to shut down; after the grace end it by force')
    .option('--grace <seconds>', 'how long to wait for an orderly end', Number)
    .option('--force', 'end it at once')
    .option('--no-kill', 'never end it by force')
    .action((names: string[], options: { grace?: number; force?: boolean; kill: boolean }, command) =>
      run(command, (session) => {
        const graceSeconds = options.force === true ? 0 : options.grace;
        return finishEach(
          session,
          names,
          (workload) =>
            session.client.call('workloads.stop', {
              workload,
              force: options.kill,
              ...(graceSeconds === undefined ? {} : { graceSeconds }),
            }),
          (workload) => `${workload}: stopped`,
        );
      }),
    );
  program
    .command('rm <workload...>')
    .description('stop it and move it to the trash')
    .option('--now', 'remove it for good')
    .option('--force', 'end it at once')
    .option('--forget', 'only take it off the list, when its engine does not answer: what is there stays')
    .action((names: string[], options: { now?: boolean; force?: boolean; forget?: boolean }, command) =>
      run(command, (session) =>
        finishEach(
          session,
          names,
          (workload) =>
            options.forget === true
              ? session.client.call('workloads.forget', { workload })
              : session.client.call('workloads.remove', {
                  workload,
                  now: options.now === true,
                  force: options.force === true,
                }),
          (workload) =>
            options.forget === true
              ? `${workload}: off the list; what its engine has of it is still there`
              : `${workload}: ${options.now === true ? 'removed' : 'in the trash'}`,
        ),
      ),
    );
  program
    .command('undo-rm <workload>')
    .description('take it out of the trash')
    .action((workload: string, _options, command) =>
      run(command, async (session) => {
        session.print(await session.client.call('workloads.restoreFromTrash', { workload }), `${workload}: back`);
      }),
    );
  program
    .command('rename <workload> <name>')
    .description('give it another name')
    .action((workload: string, name: string, _options, command) =>
      run(command, async (session) => {
        session.print(await session.client.call('workloads.rename', { workload, name }), `${workload} is ${name} now`);
      }),
    );
};
