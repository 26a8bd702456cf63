/*
 * `npm start`: runs under whatever Node is there (20 or newer) before any dependency is installed, so it is plain
 * JavaScript and imports nothing but Node. It installs the locked dependencies, among them Node 24, and hands over.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const windows = process.platform === 'win32';
const node24 = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');

/** How often it is looked whether npm is still there, milliseconds. */
const lookEveryMs = 500;

/** The parent of a process, or null where it is gone or the system does not say. */
function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

/** Whether a process is a Node, as npm is. */
function isNode(pid) {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`)).startsWith('node');
  } catch {
    return false;
  }
}

/**
 * The processes from our parent up to npm: npm itself, or the shell that it runs a script in and then npm. A shell ends at npm's
 * SIGTERM without a word to us, and outlives its SIGKILL. Empty where npm did not start us: whose parent is who knows who may lose it.
 */
function parentsUpToNpm() {
  if (process.env.npm_lifecycle_event === undefined) return [];
  const { ppid } = process;
  const above = isNode(ppid) ? null : parentOf(ppid);
  return above !== null && isNode(above) ? [ppid, above] : [ppid];
}

const parents = parentsUpToNpm();

function npmIsGone() {
  const [parent, npm] = parents;
  if (parent === undefined) return false;
  return process.ppid !== parent || (npm !== undefined && parentOf(parent) !== npm);
}

/** Whether node_modules is what package-lock.json says; optional packages of other platforms may be absent. */
function dependenciesAreInstalled() {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden) || !existsSync(node24)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional || entry.devOptional || present[path]?.version === entry.version,
  );
}

/** Runs npm in the project, its output shown. Ends the process when it fails. */
function npm(...args) {
  // npm names its own program to what it runs; a shell would be needed to start npm.cmd on Windows.
  const own = process.env.npm_execpath;
  const [program, first] = own === undefined ? ['npm', []] : [process.execPath, [own]];
  const result = spawnSync(program, [...first, ...args], { cwd: root, stdio: 'inherit' });
  if (result.status === 0) return;
  console.error(`"npm ${args.join(' ')}" failed. Check the connection to the npm registry and run npm start again.`);
  process.exit(1);
}

if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(`NovaCron needs Node 20 or newer; this is ${process.version}.`);
  process.exit(1);
}
if (!dependenciesAreInstalled()) {
  console.log('Installing the locked dependencies.');
  // No install scripts: better-sqlite3 brings its binaries along and must not be compiled. Only `node` needs its own.
  // Errors only: of Node's version npm warns for a dozen packages, though none of them runs on this one.
  npm('ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error');
  npm('rebuild', 'node', '--loglevel', 'error');
}
const child = spawn(node24, [join(root, 'scripts', 'start', 'main.ts'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: `${dirname(node24)}${windows ? ';' : ':'}${process.env.PATH ?? ''}` },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
const watch = setInterval(() => {
  if (!npmIsGone()) return;
  clearInterval(watch);
  child.kill('SIGTERM');
}, lookEveryMs);
child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
