import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../../..');
const require = createRequire(import.meta.url);

/** The packages that a file loads late and takes other names of than `default`. Pure. */
function namedFrom(source: string): string[] {
  return [...source.matchAll(/\{([^{}]*)\}\s*=\s*await import\('([^'./][^']*)'\)/g)]
    .filter(([, names = '']) => names.split(',').some((name) => name.trim() !== '' && !/^\s*default\b/.test(name)))
    .map(([, , name = '']) => name)
    .filter((name) => !name.startsWith('node:'));
}

/** Whether a package is a module and not CommonJS, by the nearest `package.json`. */
function isModule(name: string): boolean {
  const paths = require.resolve.paths(name) ?? [];
  for (const path of paths) {
    try {
      const { type } = JSON.parse(readFileSync(join(path, name, 'package.json'), 'utf8')) as { type?: string };
      return type === 'module';
    } catch {
      // Not in this folder.
    }
  }
  return false;
}

// esbuild, splitting: `import()` of CommonJS gives `{ default }` alone, while Node finds the names. Only the built application would fail.
test('what is loaded late by name is no CommonJS package', () => {
  const files = ['drivers', 'electron'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(folder, file)),
  );
  const late = files.flatMap((file) =>
    namedFrom(readFileSync(join(root, file), 'utf8')).map((name) => ({ file, name })),
  );
  expect(late.map(({ name }) => name)).toContain('execa');
  expect(late.filter(({ name }) => !isModule(name))).toEqual([]);
});

test.each([
  ["const { extract } = await import('tar-stream');", ['tar-stream']],
  ["const { default: Client } = await import('dockerode');", []],
  ["const { execa } = await import('execa');", ['execa']],
  ["const { spawn } = await import('node:child_process');", []],
  ["const { extract } = await import('../tar-stream.ts');", []],
])('%s', (source, expected) => {
  expect(namedFrom(source)).toEqual(expected);
});
