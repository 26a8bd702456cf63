import { NovaError } from '../../../drivers/errors.ts';
import type { ForeignView } from '../../bridge/contract.ts';
import { table } from '../table.ts';
import type { Register } from './context.ts';

/** As many characters of an engine's id as its own command line shows. */
const shownId = 12;

/** The one of that name, id, or beginning of an id. Throws `not_found`, or `conflict` when several are meant. Pure. */
export function findForeign(all: readonly ForeignView[], driver: string, asked: string): ForeignView {
  const here = all.filter((one) => one.driver === driver);
  const named = here.filter((one) => one.engineId === asked || one.name === asked);
  const found = named.length > 0 ? named : here.filter((one) => one.engineId.startsWith(asked));
  const [first] = found;
  if (first === undefined) {
    throw new NovaError('not_found', `${driver} has no ${asked} that others made.`, {
      details: { fixes: ['`novacron foreign` lists them.'] },
    });
  }
  if (found.length > 1) {
    const ids = found.map((one) => one.engineId.slice(0, shownId)).join(', ');
    throw new NovaError('conflict', `${asked} can be ${ids}; say more of the id.`);
  }
  return first;
}

/** foreign, adopt. */
export const registerForeign: Register = (program, run) => {
  program
    .command('foreign')
    .description('workloads that others made, on all engines')
    .action((_options, command) =>
      run(command, async (session) => {
        const all = await session.client.call('workloads.foreign', {});
        const rows = all.map((one) => [
          one.driver,
          one.engineId.slice(0, shownId),
          one.name,
          one.observation.phase,
          one.project ?? '',
          one.endpoint ?? '',
        ]);
        session.print(all, table([['DRIVER', 'ID', 'NAME', 'STATE', 'PROJECT', 'ENGINE'], ...rows]));
      }),
    );
  program
    .command('adopt <driver> <workload>')
    .description('take a workload that others made into our care, by its name or id')
    .action((driver: string, workload: string, _options, command) =>
      run(command, async (session) => {
        const { engineId } = findForeign(await session.client.call('workloads.foreign', {}), driver, workload);
        const found = await session.client.call('workloads.adopt', { driver: driver as 'docker', engineId });
        session.print(found, `${found.spec.name} is ours now`);
      }),
    );
};
