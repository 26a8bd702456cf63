import { builtinModules } from 'node:module';
import { fileLaw, type Law, type Violation } from './law.ts';
import type { Import, SourceFile } from './source.ts';

const inside = (path: string | null, ...folders: string[]): boolean =>
  path !== null && folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

/** A law about which files may import what. */
function importLaw(id: string, title: string, broken: (file: SourceFile, used: Import) => boolean): Law {
  return fileLaw(id, title, (file) =>
    file.imports
      .filter((used) => broken(file, used))
      .map((used): Violation => ({ path: file.path, line: used.line, message: `imports ${used.specifier}` })),
  );
}

const builtin = (specifier: string): boolean => specifier.startsWith('node:') || builtinModules.includes(specifier);
const driverFolder = (path: string | null): string | null => /^drivers\/([^/]+)\//.exec(path ?? '')?.[1] ?? null;
const electronPackage = (specifier: string): boolean => specifier === 'electron' || specifier.startsWith('electron/');

/** The one place of the application that may load the fake driver, and only when it is asked to. */
const fakeLoader = 'electron/compose.ts';

/** Who may know whom. */
export const layerLaws: Law[] = [
  importLaw(
    'drivers-alone',
    'drivers/ imports nothing of electron/, renderer/, scripts/ or test/',
    (file, used) => inside(file.path, 'drivers') && inside(used.path, 'electron', 'renderer', 'scripts', 'test'),
  ),
  importLaw('driver-apart', 'A driver never imports another driver (kata may build on containerd)', (file, used) => {
    const from = driverFolder(file.path);
    const to = driverFolder(used.path);
    return from !== null && to !== null && from !== to && !(from === 'kata' && to === 'containerd');
  }),
  importLaw(
    'renderer-alone',
    'renderer/ imports from outside itself only the contract and the client of the bridge',
    (file, used) =>
      inside(file.path, 'renderer') &&
      used.path !== null &&
      !inside(used.path, 'renderer', 'electron/bridge/client') &&
      !['electron/bridge/contract.ts', 'electron/bridge/client.ts'].includes(used.path),
  ),
  importLaw(
    'browser-safe',
    'What runs in a window imports no module of Node',
    (file, used) => inside(file.path, 'renderer', 'electron/bridge/client') && builtin(used.specifier),
  ),
  importLaw(
    'electron-package',
    'The package electron is imported only in electron/main.ts, electron/preload.ts and electron/desktop/',
    (file, used) =>
      electronPackage(used.specifier) &&
      !inside(file.path, 'electron/desktop', 'test') &&
      !['electron/main.ts', 'electron/preload.ts'].includes(file.path),
  ),
  importLaw(
    'tests-apart',
    'Only tests import tests',
    (file, used) => inside(used.path, 'test') && !inside(file.path, 'test', 'scripts'),
  ),
  importLaw(
    'fake-apart',
    'The application loads drivers/conformance only on demand',
    (file, used) =>
      inside(used.path, 'drivers/conformance') &&
      inside(file.path, 'electron', 'renderer') &&
      !(file.path === fakeLoader && (used.dynamic || used.typeOnly)),
  ),
];
