import type { SnapshotDiffView, SnapshotKind, SnapshotTreeView } from '../../bridge/contract.ts';
import { plain } from '../plain.ts';
import { table } from '../table.ts';
import { formatAge, formatBytes } from '../units.ts';
import { finishAndPrint, type Register } from './context.ts';

/** The tree as indented lines, the present place marked. */
export function treeLines(tree: SnapshotTreeView, nowMs: number): string[][] {
  const rows: string[][] = [];
  const walk = (parent: string | null, depth: number): void => {
    const children = tree.snapshots
      .filter((one) => one.parentId === parent)
      .sort((left, right) => left.createdAtMs - right.createdAtMs);
    for (const one of children) {
      const here = one.id === tree.currentId ? ' ← you are here' : '';
      rows.push([
        `${'  '.repeat(depth)}${one.name}${here}`,
        one.kind,
        formatAge(nowMs - one.createdAtMs),
        formatBytes(one.sizeBytes + one.memoryBytes),
        one.automatic ? 'automatic' : '',
      ]);
      walk(one.id, depth + 1);
    }
  };
  walk(null, 0);
  return rows;
}

/** A difference as lines: fields, then bytes, then files as `+ ~ -`. */
export function diffLines(diff: SnapshotDiffView): string[] {
  const shown = (value: unknown): string => (value === undefined ? '(not set)' : JSON.stringify(value));
  const marks = { added: '+', changed: '~', removed: '-' };
  const lines = [
    ...diff.fields.map((one) => `${one.field}: ${shown(one.from)} → ${shown(one.to)}`),
    ...(diff.bytes === undefined ? [] : [`up to ${formatBytes(diff.bytes)} written`]),
    ...(diff.files ?? []).map((one) => `${marks[one.change]} ${one.path}`),
    ...(diff.truncated === true ? ['(more files than are listed)'] : []),
  ];
  return lines.length === 0 ? ['no difference'] : lines.map(plain);
}

type CreateOptions = { kind?: SnapshotKind; notes: string; volumes: boolean };

/** snapshot create, ls, diff, restore, rm, clone; clone. */
export const registerSnapshots: Register = (program, run) => {
  const group = program.command('snapshot').description('points to which a workload can go back');
  group
    .command('create <workload> <name>')
    .description('take one; with memory where it runs and that can be')
    .option('--kind <kind>', 'disk, disk+memory or memory')
    .option('--notes <text>', 'free text', '')
    .option('--no-volumes', "leave a container's volumes out")
    .action((workload: string, name: string, options: CreateOptions, command) =>
      run(command, async (session) => {
        const started = await session.client.call('snapshots.create', {
          workload,
          name,
          notes: options.notes,
          ...(options.kind === undefined ? {} : { kind: options.kind }),
          ...(options.volumes ? {} : { volumes: 'none' as const }),
        });
        await finishAndPrint(session, started, () => `${workload}: snapshot ${name} taken`);
      }),
    );
  group
    .command('ls <workload>')
    .description('the tree')
    .action((workload: string, _options, command) =>
      run(command, async (session) => {
        const tree = await session.client.call('snapshots.list', { workload });
        session.print(tree, table([['NAME', 'KIND', 'AGE', 'SIZE', ''], ...treeLines(tree, Date.now())]));
      }),
    );
  group
    .command('diff <workload> <from> [to]')
    .description('what differs between two snapshots, or one and the present state')
    .action((workload: string, from: string, to: string | undefined, _options, command) =>
      run(command, async (session) => {
        const diff = await session.client.call('snapshots.diff', {
          workload,
          from,
          ...(to === undefined ? {} : { to }),
        });
        session.print(diff, diffLines(diff).join('\n'));
      }),
    );
  group
    .command('restore <workload> <snapshot>')
    .description('go back; the present state is kept as an automatic snapshot')
    .option('--no-keep', 'do not keep the present state')
    .action((workload: string, snapshot: string, options: { keep: boolean }, command) =>
      run(command, async (session) => {
        const started = await session.client.call('snapshots.restore', { workload, snapshot, keep: options.keep });
        await finishAndPrint(session, started, () => `${workload}: back at ${snapshot}`);
      }),
    );
  group
    .command('rm <workload> <snapshot>')
    .description('remove one; its children keep their content')
    .option('--plan', 'only show which files it would touch')
    .action((workload: string, snapshot: string, options: { plan?: boolean }, command) =>
      run(command, async (session) => {
        if (options.plan === true) {
          const plan = await session.client.call('snapshots.planRemoval', { workload, snapshot });
          session.print(plan, JSON.stringify(plan, null, 2));
          return;
        }
        await finishAndPrint(
          session,
          await session.client.call('snapshots.remove', { workload, snapshot }),
          () => `${workload}: snapshot ${snapshot} removed`,
        );
      }),
    );
  const clone = async (
    session: Parameters<Parameters<typeof run>[1]>[0],
    workload: string,
    name: string,
    snapshot: string | undefined,
    full: boolean,
  ): Promise<void> => {
    const started = await session.client.call('workloads.clone', {
      workload,
      name,
      linked: !full,
      ...(snapshot === undefined ? {} : { snapshot }),
    });
    await finishAndPrint(session, started, () => `${name}: cloned from ${workload}`);
  };
  group
    .command('clone <workload> <snapshot> <name>')
    .description('make a new workload from a snapshot')
    .option('--full', 'copy everything instead of sharing frozen layers')
    .action((workload: string, snapshot: string, name: string, options: { full?: boolean }, command) =>
      run(command, (session) => clone(session, workload, name, snapshot, options.full === true)),
    );
  program
    .command('clone <workload> <name>')
    .description('make a new workload from the present state')
    .option('--full', 'copy everything instead of sharing frozen layers')
    .action((workload: string, name: string, options: { full?: boolean }, command) =>
      run(command, (session) => clone(session, workload, name, undefined, options.full === true)),
    );
};
