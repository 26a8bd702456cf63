import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPath } from '../../../../electron/host/paths.ts';

let home = '';
let outside = '';
beforeAll(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'nova-paths-')));
  outside = await realpath(await mkdtemp(join(tmpdir(), 'nova-outside-')));
  await mkdir(join(home, 'images'));
  await writeFile(join(home, 'a.iso'), 'four');
  await writeFile(join(home, '.hidden'), '');
  await writeFile(join(outside, 'secret'), '');
  await symlink(outside, join(home, 'away'));
});
afterAll(async () => {
  await rm(home, { recursive: true });
  await rm(outside, { recursive: true });
});

test('lists folders before files, hidden ones left out, and ends at its root', async () => {
  const found = await readPath(undefined, [home]);
  expect(found.parent).toBeNull();
  expect(found.entries.map((entry) => entry.name)).toEqual(['away', 'images', 'a.iso']);
  expect(found.entries.at(-1)).toEqual({ name: 'a.iso', kind: 'file', sizeBytes: 4 });
  expect((await readPath(join(home, 'images'), [home])).parent).toBe(home);
});

test('tells a file and a missing one apart', async () => {
  expect(await readPath(join(home, 'a.iso'), [home])).toMatchObject({ kind: 'file', sizeBytes: 4, parent: home });
  expect(await readPath(join(home, 'none/x'), [home])).toMatchObject({ kind: 'missing', entries: [] });
});

test.each([
  ['a path outside', () => outside],
  ['a way out by dots', () => `${home}/../${outside.split('/').at(-1) ?? ''}`],
  ['a link that leads out', () => join(home, 'away')],
  ['a path through such a link', () => join(home, 'away', 'secret')],
  ['a root that is only a prefix of the name', () => `${home}-other`],
])('refuses %s', async (_, path) => {
  await expect(readPath(path(), [home])).rejects.toMatchObject({ code: 'permission_denied' });
});
