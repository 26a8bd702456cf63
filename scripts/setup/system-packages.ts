import { spawnSync } from 'node:child_process';
import { findProgram } from './programs.ts';

/** A program that is needed, and how the package managers call its packages. */
export type Need = {
  /** What it is for, as in "QEMU runs the virtual machines". */
  purpose: string;
  isThere(): boolean;
  packages: Partial<Record<PackageManager, string[]>>;
};

/** Package managers whose commands we know. */
export type PackageManager = 'apt' | 'dnf' | 'pacman' | 'zypper' | 'brew' | 'winget';

const programs: Record<PackageManager, string> = {
  apt: 'apt-get',
  dnf: 'dnf',
  pacman: 'pacman',
  zypper: 'zypper',
  brew: 'brew',
  winget: 'winget',
};
const verbs: Record<PackageManager, string[]> = {
  apt: ['sudo', 'apt-get', 'install'],
  dnf: ['sudo', 'dnf', 'install'],
  pacman: ['sudo', 'pacman', '-S'],
  zypper: ['sudo', 'zypper', 'install'],
  brew: ['brew', 'install'],
  winget: ['winget', 'install'],
};

/** The package manager of this machine, or null. */
export function findPackageManager(): PackageManager | null {
  const names = Object.keys(programs) as PackageManager[];
  return names.find((name) => findProgram([programs[name]]) !== null) ?? null;
}

/** The command that a user runs for these needs, or null where no package is known. */
export function installCommand(manager: PackageManager | null, needs: readonly Need[]): string | null {
  if (manager === null) return null;
  const packages = needs.flatMap((need) => need.packages[manager] ?? []);
  return packages.length === 0 ? null : [...verbs[manager], ...packages].join(' ');
}

/**
 * Installs what is missing where the user is root on an apt system, and says so; else prints the command. Returns what is still
 * missing. `install: false` only prints. `output: 'stderr'` leaves the standard output to others.
 */
export function ensureNeeds(
  needs: readonly Need[],
  options: { install: boolean; output?: 'stdout' | 'stderr' },
): Need[] {
  const missing = needs.filter((need) => !need.isThere());
  if (missing.length === 0) return [];
  const say = options.output === 'stderr' ? console.error : console.log;
  const output = options.output === 'stderr' ? 2 : 1;
  const manager = findPackageManager();
  const packages = missing.flatMap((need) => need.packages.apt ?? []);
  if (options.install && manager === 'apt' && process.getuid?.() === 0 && packages.length > 0) {
    say(`Installing ${packages.join(' ')} with apt-get, since you are root (--no-install leaves it out).`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args: string[]): boolean =>
      spawnSync('apt-get', args, { stdio: ['inherit', output, 'inherit'], env }).status === 0;
    // Fresh containers come without package lists.
    const installed = apt('-qq', 'update') && apt('-qq', '-y', '--no-install-recommends', 'install', ...packages);
    if (!installed) console.error('apt-get failed.');
  }
  const left = missing.filter((need) => !need.isThere());
  for (const need of left) say(`Missing: ${need.purpose}.`);
  const command = installCommand(manager, left);
  if (command !== null) say(`Install it with:\n  ${command}`);
  return left;
}
