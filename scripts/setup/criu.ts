import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './programs.ts';

/** Packages of Debian without which CRIU is not built. */
const buildPackages = (
  'make gcc libc6-dev pkg-config xz-utils protobuf-compiler protobuf-c-compiler libprotobuf-dev libprotobuf-c-dev ' +
  'libnl-3-dev libnet1-dev libcap-dev libbsd-dev libnftables-dev uuid-dev'
).split(' ');
/** The first series that knows the vDSO of kernels since 6.11. */
const oldestVersion = 4;
/** Suites whose source package is new enough, the steadier one first. */
const suites = ['testing', 'sid'];

/** Where a CRIU of our own is kept between runs: outside the checkout, so that a fresh one need not build it. */
export function criuDirectory(env: Record<string, string | undefined> = process.env): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'novacron-tests', 'criu');
}

/** The major version in what `criu --version` prints, or 0. */
export function criuMajor(text: string): number {
  return Number(/Version: (\d+)/.exec(text)?.[1] ?? 0);
}

function works(program: string): boolean {
  const version = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (version.status !== 0 || criuMajor(version.stdout) < oldestVersion) return false;
  return spawnSync(program, ['check'], { stdio: 'ignore' }).status === 0;
}

/** A CRIU that works on this machine: the system's, or the one that was built; else null with the reason. */
export function findCriu(): { program: string } | { reason: string } {
  if (process.platform !== 'linux') return { reason: 'CRIU runs on Linux only' };
  if (process.getuid?.() !== 0) return { reason: 'CRIU needs root' };
  const system = findProgram(['criu']);
  const built = join(criuDirectory(), 'criu');
  for (const program of [built, system]) {
    if (program !== null && existsSync(program) && works(program)) return { program };
  }
  return { reason: 'no CRIU 4 or newer that works here (npm test builds one as root on Debian)' };
}

/** The key that Debian signs all its suites with, where it is installed. */
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The archives of Debian that apt knows, from the addresses that `apt-get indextargets` prints. */
export function debianArchives(text: string): string[] {
  return [...new Set(text.split('\n').filter((address) => /\/debian\/?$/.test(address)))];
}

function run(program: string, args: string[], cwd: string): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  const done = spawnSync(program, args, { cwd, env, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  if (done.status !== 0) console.error(`${program} ${args.join(' ')} failed: ${(done.stderr || '').slice(-500)}`);
  return done.status === 0;
}

/** Fetches the source package with apt, which checks its signature; the path of the archive or null. */
function fetchSource(work: string): string | null {
  const targets = spawnSync('apt-get', ['indextargets', '--format', '$(REPO_URI)'], { encoding: 'utf8' });
  const key = existsSync(keyring) ? `[signed-by=${keyring}] ` : '';
  for (const address of debianArchives(targets.stdout ?? '')) {
    for (const suite of suites) {
      const lists = mkdtempSync(join(work, 'lists-'));
      mkdirSync(join(lists, 'partial'));
      // Not among the lists: apt cleans that folder.
      const list = `${lists}.list`;
      writeFileSync(list, `deb-src ${key}${address} ${suite} main\n`);
      // Lists of its own: the machine's stay as they are.
      const options = [`Dir::Etc::sourcelist=${list}`, 'Dir::Etc::sourceparts=-', `Dir::State::lists=${lists}`].flatMap(
        (option) => ['-o', option],
      );
      const fetched =
        run('apt-get', [...options, '-qq', 'update'], work) &&
        run('apt-get', [...options, '-qq', 'source', '--download-only', '--tar-only', 'criu'], work);
      const archive = readdirSync(work).find((name) => /^criu_.*\.orig\.tar\./.test(name));
      if (fetched && archive !== undefined) return join(work, archive);
    }
  }
  return null;
}

/** Builds CRIU where none works here and the user is root on Debian, once; says so. Never fails: the tests tell what is missing. */
export function ensureCriu(): void {
  if ('program' in findCriu()) return;
  if (process.getuid?.() !== 0 || findProgram(['apt-get']) === null) return;
  const directory = criuDirectory();
  mkdirSync(directory, { recursive: true });
  const work = mkdtempSync(join(directory, 'build-'));
  console.log(`Building CRIU into ${directory} for the memory snapshots of containers (about a minute, once).`);
  try {
    const install = ['-o', 'DPkg::Lock::Timeout=300', '-qq', '-y', '--no-install-recommends', 'install'];
    if (!run('apt-get', [...install, ...buildPackages], work)) return;
    const archive = fetchSource(work);
    const source = join(work, 'source');
    mkdirSync(source);
    if (archive === null || !run('tar', ['-xf', archive, '-C', source, '--strip-components=1'], work)) return;
    // Its cache of the kernel's abilities must lie on a tmpfs, which /run is not everywhere.
    if (!run('make', ['-j2', 'RUNDIR=/dev/shm', 'criu/criu'], source)) return;
    copyFileSync(join(source, 'criu/criu'), join(work, 'criu'));
    renameSync(join(work, 'criu'), join(directory, 'criu'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const found = findCriu();
  console.log('program' in found ? `CRIU is at ${found.program}.` : `Missing: ${found.reason}.`);
}
