import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire, isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { extractFile, listPackage } from '@electron/asar';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildAll } from '../../../scripts/build/build.ts';
import { readFuses, writeElectronStandIn } from '../../support/electron-dist/stand-in.ts';

const root = resolve(import.meta.dirname, '../../..');
const supported = process.platform === 'linux' && process.arch === 'x64';
let work: string;
let resources: string;
let archive: string;
let files: string[];

describe.skipIf(!supported)(`the package (skipped elsewhere: the stand-in is for Linux on x64)`, () => {
  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'novacron-package-'));
    await buildAll(root, { force: false });
    const electron: unknown = JSON.parse(await readFile(join(root, 'node_modules/electron/package.json'), 'utf8'));
    await writeElectronStandIn(join(work, 'electron'), (electron as { version: string }).version);
    const options = [`-c.electronDist=${join(work, 'electron')}`, `-c.directories.output=${join(work, 'dist')}`];
    await execa(
      process.execPath,
      [
        join(root, 'node_modules/electron-builder/cli.js'),
        '--dir',
        '--linux',
        '--x64',
        '--publish',
        'never',
        ...options,
      ],
      { cwd: root },
    );
    resources = join(work, 'dist/linux-unpacked/resources');
    archive = join(resources, 'app.asar');
    files = listPackage(archive, { isPack: false });
  });
  afterAll(async () => {
    await rm(work, { recursive: true, force: true });
  });

  test('holds all entry points, the page, the guest recipe and the catalogue', () => {
    for (const file of [
      '/package.json',
      '/LICENSE',
      '/out/main.js',
      '/out/preload.cjs',
      '/out/server.js',
      '/out/cli.js',
      '/out/renderer/index.html',
      '/resources/catalogue.json',
      '/resources/guest/recipe.json',
      '/resources/guest/root/etc/init.d/boot',
      '/resources/icons/icon.png',
    ]) {
      expect(files).toContain(file);
    }
  });

  test('holds nothing more: no sources, maps, tests or other packages', () => {
    const allowed = /^\/(out|resources|node_modules\/better-sqlite3)(\/|$)|^\/(package\.json|LICENSE|node_modules)$/;
    expect(files.filter((file) => !allowed.test(file))).toEqual([]);
    expect(files.filter((file) => /\.(ts|tsx|map|c|cpp|h)$/.test(file))).toEqual([]);
    expect(files.filter((file) => file.includes('conformance'))).toEqual([]);
  });

  test('the database’s native code lies beside the archive and loads', () => {
    const unpacked = join(resources, 'app.asar.unpacked/node_modules/better-sqlite3');
    const load = createRequire(join(unpacked, 'x.js'));
    const Database = load(unpacked) as new (path: string) => { close(): void };
    new Database(':memory:').close();
  });

  test('every package that a bundle imports is in the package or part of the runtime', () => {
    const bundles = files.filter((file) => /^\/out\/[^/]+\.c?js$/.test(file));
    expect(bundles.length).toBeGreaterThan(3);
    for (const bundle of bundles) {
      const code = extractFile(archive, bundle.slice(1)).toString('utf8');
      const imports = [...code.matchAll(/^(?:import|export)[^'"\n]* from\s*["']([^"']+)["'];?$/gm)].map(
        (m) => m[1] ?? '',
      );
      const foreign = imports.filter((name) => !name.startsWith('./') && !isBuiltin(name));
      expect(new Set(['electron', 'better-sqlite3', ...foreign])).toEqual(new Set(['electron', 'better-sqlite3']));
    }
  });

  test('the fuses are set: no Node mode, no inspector, only the archive is loaded', async () => {
    // Order: RunAsNode, CookieEncryption, NodeOptions, CliInspect, AsarIntegrity, OnlyLoadFromAsar, BrowserSnapshot, FileProtocol.
    expect((await readFuses(join(work, 'dist/linux-unpacked/novacron'))).slice(0, 6)).toBe('010011');
    expect((await readFuses(join(work, 'dist/linux-unpacked/novacron')))[7]).toBe('0');
  });
});
