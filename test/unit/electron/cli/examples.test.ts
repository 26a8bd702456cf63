import { Command } from 'commander';
import { describe, expect, it, test } from 'vitest';
import { createCommandTree } from '../../../../electron/cli/command-tree.ts';
import { addExamples, examplesOf } from '../../../../electron/cli/examples.ts';
import { sortExecWords } from '../../../../electron/cli/exec-words.ts';

test('each command that does something has examples under its help, made from its arguments where nobody wrote one', () => {
  const program = new Command('novacron');
  const group = program.command('group');
  const shown = group.command('restore <group> <snapshot> [more]');
  const written = program.command('console <workload>');
  addExamples(program);
  expect(examplesOf(shown)).toEqual(['group restore shop before-upgrade']);
  let text = '';
  for (const command of [shown, written, group]) {
    command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  }
  expect(text).toContain('  novacron group restore shop before-upgrade\n');
  expect(text).toContain('  novacron console web\n');
  expect(text.match(/Examples:/g)).toHaveLength(2);
});

/** The words of a line as a shell has them, of its last command that is ours. */
function wordsOf(line: string): string[] {
  const own = line.split('novacron ').at(-1) ?? '';
  return [...own.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
}

const leaves = (command: Command): Command[] =>
  command.commands.flatMap((one) => (one.commands.length > 0 ? leaves(one) : [one]));

describe('examples', () => {
  const all = leaves(createCommandTree(async () => undefined)).flatMap((command) => examplesOf(command));

  // `serve` would begin to serve.
  it.each(all.filter((line) => !line.startsWith('serve')))('is understood: novacron %s', async (line) => {
    const reached: string[] = [];
    const tree = createCommandTree(async (command) => void reached.push(command.name()));
    tree.configureOutput({ writeErr: () => undefined });
    await tree.parseAsync(sortExecWords(wordsOf(line)), { from: 'user' });
    expect(reached).toHaveLength(1);
  });

  it('are written by hand where the arguments alone would not say what to write', () => {
    const vague = all.filter((line) => /\b(from|to|place|service|project|replicas|folder|path)$/.test(line));
    expect(vague).toEqual([]);
  });
});
