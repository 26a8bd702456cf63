import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addExamples, examplesOf } from '../../../../electron/cli/examples.ts';

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
