import { expect, test } from 'vitest';
import { sortExecWords } from '../../../../electron/cli/exec-words.ts';

test.each([
  ['exec box --json -- ls --json', 'exec --json box ls --json'],
  ['exec box --json ls -l', 'exec --json box ls -l'],
  ['exec box -u root -t sh -c x', 'exec -u root -t box sh -c x'],
  ['exec box --user=root id', 'exec --user=root box id'],
  ['exec -u root box --json id', 'exec -u root --json box id'],
  ['--json exec box id', '--json exec box id'],
  ['exec box echo --json', 'exec box echo --json'],
  ['exec box -- --json', 'exec box --json'],
  ['exec box -- -- x', 'exec box -- x'],
  ['exec box --help', 'exec --help box'],
  ['exec box', 'exec box'],
  ['exec', 'exec'],
  ['exec --help', 'exec --help'],
  ['start exec --json', 'start exec --json'],
  ['', ''],
])('%s', (words, sorted) => {
  expect(sortExecWords(words.split(' ').filter((word) => word !== ''))).toEqual(
    sorted.split(' ').filter((word) => word !== ''),
  );
});
