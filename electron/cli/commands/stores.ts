import { placeOf } from '../place.ts';
import { table } from '../table.ts';
import { formatBytes } from '../units.ts';
import { finishAndPrint, type Register } from './context.ts';

type Store = { driver: 'docker'; endpoint?: string };
type NetworkOptions = Store & { kind?: string; subnet?: string; internal?: boolean };

/** The engine that the options mean, for the bridge. */
const store = (options: Store): Store => ({
  driver: options.driver,
  ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
});

/** volumes and networks: ls, create, rm. */
export const registerStores: Register = (program, run) => {
  const volumes = program.command('volumes').description('volumes of the engines: files that outlive workloads');
  const networks = program.command('networks').description('networks of the engines');
  const add = (group: typeof volumes, line: string, text: string) =>
    group
      .command(line)
      .description(text)
      .option('--driver <name>', 'the driver whose engine it is', 'docker')
      .option('--endpoint <name>', 'the engine, where the driver has several');
  volumes
    .command('ls', { isDefault: true })
    .description('all volumes, with what uses them')
    .action((_options, command) =>
      run(command, async (session) => {
        const all = await session.client.call('volumes.list', {});
        const place = placeOf(all);
        const rows = all.map((one) => [
          one.name,
          place(one),
          one.sizeBytes === null ? '-' : formatBytes(one.sizeBytes),
          one.usedBy.join(', '),
        ]);
        session.print(all, table([['NAME', 'DRIVER', 'SIZE', 'USED BY'], ...rows]));
      }),
    );
  add(volumes, 'create <name>', 'make a volume').action((name: string, options: Store, command) =>
    run(command, async (session) =>
      finishAndPrint(
        session,
        await session.client.call('volumes.create', { ...store(options), name }),
        () => `${name}: made`,
      ),
    ),
  );
  add(volumes, 'rm <name>', 'remove a volume that nobody uses, with its files').action(
    (name: string, options: Store, command) =>
      run(command, async (session) =>
        finishAndPrint(
          session,
          await session.client.call('volumes.remove', { ...store(options), name }),
          () => `${name}: removed`,
        ),
      ),
  );
  networks
    .command('ls', { isDefault: true })
    .description('all networks, with what is on them')
    .action((_options, command) =>
      run(command, async (session) => {
        const all = await session.client.call('networks.list', {});
        const place = placeOf(all);
        const rows = all.map((one) => [
          one.name,
          place(one),
          one.internal ? `${one.kind}, internal` : one.kind,
          one.subnets.join(', '),
          one.usedBy.join(', '),
        ]);
        session.print(all, table([['NAME', 'DRIVER', 'KIND', 'RANGE', 'USED BY'], ...rows]));
      }),
    );
  add(networks, 'create <name>', 'make a network')
    .option('--kind <kind>', 'how it is made', 'bridge')
    .option('--subnet <range>', 'for example 172.30.0.0/16')
    .option('--internal', 'leads nowhere outside')
    .action((name: string, options: NetworkOptions, command) =>
      run(command, async (session) =>
        finishAndPrint(
          session,
          await session.client.call('networks.create', {
            ...store(options),
            name,
            ...(options.kind === undefined ? {} : { kind: options.kind }),
            ...(options.subnet === undefined ? {} : { subnet: options.subnet }),
            internal: options.internal === true,
          }),
          () => `${name}: made`,
        ),
      ),
    );
  add(networks, 'rm <name>', 'remove a network that nobody is on').action((id: string, options: Store, command) =>
    run(command, async (session) =>
      finishAndPrint(
        session,
        await session.client.call('networks.remove', { ...store(options), id }),
        () => `${id}: removed`,
      ),
    ),
  );
};
