import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { findProgram } from '../../../scripts/setup/programs.ts';
import { poll } from '../../support/qemu/wait.ts';
import { type Domain, domainXml } from './domain-xml.ts';

/** A libvirt of our own: its daemons, directories and guests. */
export type Libvirt = {
  /** A directory in which its QEMU may read and write. */
  root: string;
  /** Runs one command of virsh; returns what it printed, throws what it complained of. */
  virsh(...args: string[]): Promise<string>;
  /** Puts a file where its QEMU may use it; returns the new path. */
  lend(path: string): string;
  /** Makes a guest known. */
  define(domain: Domain): Promise<void>;
  /** Ends its guests and daemons and removes all. */
  close(): Promise<void>;
};

/** `nobody` on Linux. */
const nobody = 65_534;
/** Its daemons live in a place that the PATH of a user may lack. */
const searchPath = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

/** Why libvirt is not there, or null. */
export function whyNoLibvirt(): string | null {
  const missing = ['virsh', 'libvirtd', 'virtlogd'].filter((name) => findProgram([name], searchPath) === null);
  return missing.length === 0 ? null : `no ${missing.join(', ')} here (Debian: libvirt-daemon-system libvirt-clients)`;
}

/**
 * Starts virtlogd and libvirtd in session mode with all their directories in a new one. Root's libvirtd would take the machine's own
 * places, so root starts it as `nobody`; a session's libvirt does less for a guest (no mount namespace, no cgroup), so it is a strong peer.
 */
export async function startLibvirt(): Promise<Libvirt> {
  const root = mkdtempSync(join(tmpdir(), 'nlv-'));
  const asRoot = process.getuid?.() === 0;
  const user = asRoot ? { uid: nobody, gid: nobody } : {};
  const own = (path: string): void => {
    if (asRoot) chownSync(path, nobody, nobody);
  };
  own(root);
  const directory = (name: string): string => {
    const path = join(root, name);
    mkdirSync(path, { mode: 0o700 });
    own(path);
    return path;
  };
  const env = {
    PATH: searchPath,
    HOME: root,
    LC_ALL: 'C',
    XDG_RUNTIME_DIR: directory('run'),
    XDG_CONFIG_HOME: directory('config'),
    XDG_CACHE_HOME: directory('cache'),
    XDG_DATA_HOME: directory('data'),
    XDG_STATE_HOME: directory('state'),
  };
  const options = { ...user, env, extendEnv: false, cwd: root } as const;
  const virsh = async (...args: string[]): Promise<string> =>
    (await execa('virsh', ['-q', '-c', 'qemu:///session', ...args], options)).stdout;
  const daemons: ChildProcess[] = ['virtlogd', 'libvirtd'].map((name) =>
    spawn(findProgram([name], searchPath) ?? name, [], { ...user, env, cwd: root, stdio: 'ignore' }),
  );
  const close = async (): Promise<void> => {
    const guests = await virsh('list', '--name').catch(() => '');
    for (const guest of guests.split('\n').filter((name) => name.trim() !== '')) await virsh('destroy', guest.trim());
    for (const daemon of daemons.toReversed()) await end(daemon);
    rmSync(root, { recursive: true, force: true });
  };
  for (const daemon of daemons) daemon.on('error', () => undefined);
  try {
    // Its first look at QEMU takes seconds and is kept in its cache.
    await poll('libvirt', async () => (await virsh('version')) !== '');
  } catch (error) {
    await close();
    throw error;
  }
  return {
    root,
    virsh,
    lend(path) {
      const copy = join(root, basename(path));
      copyFileSync(path, copy);
      chmodSync(copy, 0o600);
      own(copy);
      return copy;
    },
    async define(domain) {
      const file = join(root, `${domain.name}.xml`);
      writeFileSync(file, domainXml(domain));
      await virsh('define', file);
    },
    close,
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  child.kill('SIGTERM');
  await ended;
}
