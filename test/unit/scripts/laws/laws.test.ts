import { describe, expect, it } from 'vitest';
import { findCycles } from '../../../../scripts/laws/cycles.ts';
import { checkLaws } from '../../../../scripts/laws/laws.ts';
import { pieces } from '../../../../scripts/laws/lexer.ts';
import { parseSource } from '../../../../scripts/laws/source.ts';

const broken = (path: string, text: string): string[] => checkLaws([parseSource(path, text)]).map(({ law }) => law.id);

describe('laws that are broken', () => {
  it.each([
    ['drivers-alone', 'drivers/qemu/a.ts', "import { x } from '../../electron/host/x.ts';"],
    ['drivers-alone', 'drivers/a.ts', "import type { x } from '../renderer/x.ts';"],
    ['drivers-alone', 'drivers/a.ts', "export * from '../electron/bridge/contract.ts';"],
    ['driver-apart', 'drivers/qemu/a.ts', "import { x } from '../docker/x.ts';"],
    ['driver-apart', 'drivers/containerd/a.ts', "import { x } from '../kata/x.ts';"],
    ['driver-apart', 'drivers/qemu/a.ts', "const x = await import('../conformance/fake/x.ts');"],
    ['renderer-alone', 'renderer/a.ts', "import { x } from '../electron/host/x.ts';"],
    ['renderer-alone', 'renderer/store/a.ts', "import { MiB } from '../../drivers/spec.ts';"],
    ['browser-safe', 'renderer/a.ts', "import { join } from 'node:path';"],
    ['browser-safe', 'electron/bridge/client/a.ts', "import { join } from 'path';"],
    ['electron-package', 'electron/host/a.ts', "import { app } from 'electron';"],
    ['electron-package', 'drivers/a.ts', "import { app } from 'electron/main';"],
    ['tests-apart', 'electron/host/a.ts', "import { x } from '../../test/support/x.ts';"],
    ['fake-apart', 'electron/host/a.ts', "import { x } from '../../drivers/conformance/fake/x.ts';"],
    ['fake-apart', 'electron/compose.ts', "import { x } from '../drivers/conformance/fake/x.ts';"],
    ['sql-inventory', 'electron/host/a.ts', "db.prepare('SELECT * FROM jobs');"],
    ['sql-inventory', 'electron/host/a.ts', 'db.run(`UPDATE jobs SET state = 1`);'],
    ['sql-inventory', 'scripts/a.ts', "import Database from 'better-sqlite3';"],
    ['no-shell', 'drivers/a.ts', "import { exec } from 'node:child_process';"],
    ['no-shell', 'drivers/a.ts', "import { execSync as run } from 'node:child_process';"],
    ['no-shell', 'drivers/a.ts', "import { execaCommand } from 'execa';"],
    ['no-shell', 'drivers/a.ts', "spawn('x', [], { shell: true });"],
    ['no-shell', 'scripts/a.ts', "spawn('bash', ['-c', line]);"],
    ['no-default-export', 'drivers/a.ts', 'export default 1;'],
    ['file-length', 'drivers/a.ts', 'x;\n'.repeat(401)],
    ['file-name', 'drivers/MyFile.ts', ''],
    ['file-name', 'drivers/my_folder/a.ts', ''],
    ['no-silencing', 'drivers/a.ts', '// @ts-ignore\nx;'],
    ['no-silencing', 'drivers/a.ts', '/* oxlint-disable no-console */'],
  ])('%s: %s %s', (law, path, text) => {
    expect(broken(path, text)).toEqual([law]);
  });
});

describe('what the laws allow', () => {
  it.each([
    ['drivers/kata/a.ts', "import { x } from '../containerd/x.ts';"],
    ['drivers/qemu/a.ts', "import { x } from '../spec.ts';\nimport { y } from './qmp/y.ts';"],
    ['renderer/a.ts', "import type { X } from '../electron/bridge/contract.ts';"],
    ['renderer/a.ts', "import { connectWindow } from '../electron/bridge/client/web.ts';"],
    ['electron/desktop/a.ts', "import { app } from 'electron';"],
    ['electron/compose.ts', "const x = await import('../drivers/conformance/fake/x.ts');"],
    ['electron/inventory/a.ts', "db.prepare('SELECT * FROM jobs');"],
    ['drivers/a.ts', "import { spawn } from 'node:child_process';\nspawn('ls', ['-l']);"],
    ['drivers/a.ts', '// export default and SELECT x FROM y and shell: true\nx;'],
    ['drivers/a.ts', "const text = 'export default';"],
    ['drivers/a.ts', 'x;\n'.repeat(400)],
    ['drivers/driver-a.test.ts', ''],
    ['drivers/a.ts', "throw new Error('Select a name from the list');"],
  ])('%s %s', (path, text) => {
    expect(broken(path, text)).toEqual([]);
  });
});

describe('cycles', () => {
  it('finds a cycle over three files and not one of types only', () => {
    const files = [
      parseSource('drivers/a.ts', "import { b } from './b.ts';"),
      parseSource('drivers/b.ts', "import { c } from './c.ts';"),
      parseSource('drivers/c.ts', "import { a } from './a.ts';"),
      parseSource('drivers/d.ts', "import type { e } from './e.ts';"),
      parseSource('drivers/e.ts', "import { type d } from './d.ts';"),
    ];
    const found = checkLaws(files);
    expect(found.map(({ law }) => law.id)).toEqual(['no-cycles']);
    expect(found[0]?.violation.message).toContain('drivers/a.ts -> drivers/b.ts -> drivers/c.ts -> drivers/a.ts');
  });

  it('visits a node once where many paths lead to it', () => {
    const graph = new Map<string, string[]>();
    for (let level = 0; level < 60; level += 1) {
      graph.set(`a${level}`, [`a${level + 1}`, `b${level + 1}`]);
      graph.set(`b${level}`, [`a${level + 1}`, `b${level + 1}`]);
    }
    expect(findCycles(graph)).toEqual([]);
  });
});

describe('pieces', () => {
  it.each([
    ["a = 'x // y'; // z", ['a = ', "'x // y'", '; ', '// z']],
    ['a = `x ${ {b: `y`} } z`;', ['a = ', '`x ${', ' {b: ', '`y`', '} ', '} z`', ';']],
    ['a = /[\'"]/.test(b) / c;', ['a = ', '/[\'"]/', '.test(b) / c;']],
    ["'it\\'s' + a", ["'it\\'s'", ' + a']],
  ])('%s', (source, expected) => {
    const found = pieces(source);
    expect(found.map((piece) => piece.text)).toEqual(expected);
    expect(found.map((piece) => piece.text).join('')).toBe(source);
  });

  it('counts lines over comments and templates', () => {
    const found = pieces('/*\n*/ a\n`\n\n`\nb');
    expect(found.map((piece) => piece.line)).toEqual([1, 2, 3, 5]);
  });
});
