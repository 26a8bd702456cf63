import type { CpioEntry } from './cpio.ts';
import type { RootFile } from './recipe.ts';

/** A kernel module for the guest, uncompressed. */
export type GuestModule = { name: string; content: Uint8Array; late: boolean };

/** Folders of the guest beside those that hold files. */
const folders = [
  'bin',
  'data',
  'dev',
  'etc',
  'lib',
  'proc',
  'root',
  'run',
  'sbin',
  'sys',
  'tmp',
  'usr/bin',
  'usr/sbin',
  'var/log',
  'var/run',
];

/** The guest's root file system. Modules are loaded in the order given. */
export function initramfsEntries(
  busybox: Uint8Array,
  modules: readonly GuestModule[],
  root: readonly RootFile[],
): CpioEntry[] {
  const files: CpioEntry[] = [
    { type: 'file', path: 'bin/busybox', content: busybox, mode: 0o755 },
    // The kernel runs /init; BusyBox reads from the name what it shall be.
    { type: 'link', path: 'init', target: 'bin/busybox' },
    { type: 'link', path: 'bin/sh', target: 'busybox' },
    // The kernel opens the console before anything can mount /dev.
    { type: 'device', path: 'dev/console', major: 5, minor: 1, mode: 0o600 },
    { type: 'device', path: 'dev/null', major: 1, minor: 3, mode: 0o666 },
    ...modules.map((module): CpioEntry => ({ type: 'file', path: modulePath(module), content: module.content })),
    { type: 'file', path: 'etc/modules', content: moduleList(modules.filter((module) => !module.late)) },
    { type: 'file', path: 'etc/modules.late', content: moduleList(modules.filter((module) => module.late)) },
    ...root.map((file): CpioEntry => ({ type: 'file', ...file, mode: isScript(file.content) ? 0o755 : 0o644 })),
  ];
  return [...directoriesOf(files.map((file) => file.path)), ...files];
}

function moduleList(modules: readonly GuestModule[]): Uint8Array {
  return Buffer.from(modules.map((module) => `/${modulePath(module)}\n`).join(''));
}

function modulePath(module: GuestModule): string {
  return `lib/modules/${module.name}.ko`;
}

function isScript(content: Uint8Array): boolean {
  return content[0] === 0x23 && content[1] === 0x21;
}

function directoriesOf(paths: readonly string[]): CpioEntry[] {
  const all = new Set<string>();
  for (const path of [...folders.map((folder) => `${folder}/x`), ...paths]) {
    const parts = path.split('/').slice(0, -1);
    for (let length = 1; length <= parts.length; length += 1) all.add(parts.slice(0, length).join('/'));
  }
  return [...all].sort().map((path) => ({ type: 'directory', path }));
}
