import { expect, test } from 'vitest';
import { type ArchiveEntry, createArchiveGuard } from '../../../drivers/archive.ts';
import { NovaError } from '../../../drivers/errors.ts';

const file = (name: string): ArchiveEntry => ({ name, type: 'file' });
const directory = (name: string): ArchiveEntry => ({ name, type: 'directory' });
const symlink = (name: string, linkName: string): ArchiveEntry => ({ name, type: 'symlink', linkName });
const hard = (name: string, linkName: string): ArchiveEntry => ({ name, type: 'link', linkName });

test.each([
  ['plain names', [directory('a/'), file('a/b'), file('./c'), file('a//d')]],
  ['a name with dots in it', [file('a..b'), file('...'), file('..a')]],
  ['a link inside', [directory('a'), symlink('a/l', '../b'), file('b')]],
  ['a link to its own root', [symlink('a/l', '..')]],
  ['a hard link to an earlier file', [file('a'), hard('b', 'a')]],
  ['a file in the place of a link', [symlink('a', 'b'), file('a')]],
  ['a directory in the place of a link, and a file in it', [symlink('a', 'b'), directory('a'), file('a/c')]],
])('%s is taken', (_what, entries) => {
  const guard = createArchiveGuard('The archive');
  for (const entry of entries) expect(guard(entry).path).not.toMatch(/^\/|\.\.\//);
});

test.each<[string, ArchiveEntry[]]>([
  ['a step upwards', [file('../x')]],
  ['a step upwards in the middle', [file('a/../../x')]],
  ['an absolute name', [file('/etc/passwd')]],
  ['a backslash upwards', [file('a\\..\\..\\x')]],
  ['a drive letter', [file('C:/x')]],
  ['a link to a drive', [symlink('l', 'C:\\x')]],
  ['a link to nothing', [symlink('l', '')]],
  ['a null byte', [file('a\0b')]],
  ['a link to outside', [symlink('l', '../x')]],
  ['a link to outside from deeper', [symlink('a/b/l', '../../../x')]],
  ['an absolute link', [symlink('l', '/etc')]],
  ['a hard link to outside', [hard('l', '../x')]],
  ['an absolute hard link', [hard('l', '/etc/shadow')]],
  ['a write through a link', [symlink('a', 'b'), file('a/x')]],
  ['a write through a link, deeper', [symlink('a', '.'), file('a/b/c')]],
  ['a hard link through a link', [symlink('a', '..'), hard('b', 'a/x')]],
  ['a hard link to a link', [directory('d'), symlink('d/a', '..'), hard('b', 'd/a')]],
  ['a device', [{ name: 'null', type: 'other' }]],
  ['a name without end', [file('a/'.repeat(3000))]],
])('fault 57: %s is refused', (_what, entries) => {
  const guard = createArchiveGuard('The archive');
  expect(() => {
    for (const entry of entries) guard(entry);
  }).toThrow(NovaError);
});
