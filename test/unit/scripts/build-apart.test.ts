import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { markFresh } from '../../../scripts/build/stale.ts';
import { buildApart } from '../../../scripts/start/build-apart.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nova-build-'));
  for (const folder of ['out', 'scripts', 'drivers']) mkdirSync(join(root, folder));
  writeFileSync(join(root, 'drivers', 'one.ts'), 'first');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Puts a builder in the place of ours. */
const builder = (source: string): void => writeFileSync(join(root, 'scripts', 'build.ts'), source);

test('builds only what is not made from these sources', () => {
  builder("import { writeFileSync } from 'node:fs'; writeFileSync('out/built', '');");
  markFresh(root, join(root, 'out'));
  expect(buildApart(root)).toBe(false);
  writeFileSync(join(root, 'drivers', 'one.ts'), 'second');
  expect(buildApart(root)).toBe(true);
});

test('a build that fails ends the start', () => {
  builder('process.exit(1);');
  expect(() => buildApart(root)).toThrow(/build failed/);
});
