import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isFresh, markFresh } from '../../../scripts/build/stale.ts';

let root: string;
let out: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'novacron-stale-'));
  out = join(root, 'out');
  mkdirSync(join(root, 'drivers'));
  mkdirSync(out);
  writeFileSync(join(root, 'drivers/a.ts'), '1');
  writeFileSync(join(root, 'vite.config.ts'), '1');
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

test('never built is stale, built is fresh', () => {
  expect(isFresh(root, out)).toBe(false);
  markFresh(root, out);
  expect(isFresh(root, out)).toBe(true);
});

test.each([
  ['a changed source', 'drivers/a.ts'],
  ['a new source', 'drivers/b.ts'],
  ['a changed configuration', 'vite.config.ts'],
])('%s makes it stale', (_what, path) => {
  markFresh(root, out);
  writeFileSync(join(root, path), '2');
  expect(isFresh(root, out)).toBe(false);
});
