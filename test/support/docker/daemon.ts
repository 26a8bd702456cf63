import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { findCriu } from '../../../scripts/setup/criu.ts';
import { endProcessesMentioning } from '../processes.ts';

/** A dockerd of the tests' own: data, sockets, containerd and bridge apart from any other on this machine. */
export type TestDaemon = {
  /** Runs a program on the daemon's network: what it serves on 127.0.0.1 is `localhost` to the daemon. The caller ends it. */
  run(command: string[]): ChildProcess;
  /** What DOCKER_HOST says. */
  address: string;
  directory: string;
  /** The process now; another one after `restart`. */
  child(): ChildProcess;
  stop(signal?: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
  /** Stops it and removes all of it. */
  dispose(): Promise<void>;
};

/** Why no dockerd can run here, or null. */
export async function whyNoDocker(): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'a dockerd of its own needs root';
  const found = await execa('dockerd', ['--version'], { reject: false });
  return found.exitCode === 0 ? null : 'dockerd is not installed (package docker.io)';
}

/** What a test wants otherwise. */
export type DaemonOptions = {
  /** False leaves CRIU and the experimental mode away. */
  checkpoints?: boolean;
  /** The data directory is a disk of its own of so many bytes, in memory. */
  dataBytes?: number;
};

/** How long a starting dockerd may take, milliseconds. */
const startMs = 60_000;

/**
 * Starts one in a network namespace of its own: a second dockerd on the same network deletes the first one's bridge. With
 * checkpoints where a CRIU works here, unless `checkpoints` is false.
 */
export async function startDaemon(flags: string[] = [], options: DaemonOptions = {}): Promise<TestDaemon> {
  const criu = options.checkpoints === false ? null : findCriu();
  const experimental = criu !== null && 'program' in criu;
  const path = experimental ? [dirname(criu.program), process.env['PATH']].join(delimiter) : process.env['PATH'];
  const directory = mkdtempSync(join(tmpdir(), 'nova-dockerd-'));
  const socket = join(directory, 'docker.sock');
  const log = join(directory, 'log');
  mkdirSync(join(directory, 'data'));
  if (options.dataBytes !== undefined) {
    const size = `size=${options.dataBytes}`;
    await execa('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', join(directory, 'data')]);
  }
  const namespace = `nova-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  await execa('ip', ['netns', 'add', namespace]);
  await execa('ip', ['-n', namespace, 'link', 'set', 'lo', 'up']);
  let child: ChildProcess;
  const spawnDaemon = (): void => {
    const out = openSync(log, 'a');
    // `nsenter` and not `ip netns exec`: that one would mount a /sys of its own without the cgroups.
    child = spawn(
      'nsenter',
      [
        `--net=/var/run/netns/${namespace}`,
        'dockerd',
        `--data-root=${join(directory, 'data')}`,
        `--exec-root=${join(directory, 'exec')}`,
        `--pidfile=${join(directory, 'pid')}`,
        `--host=unix://${socket}`,
        '--group=root',
        ...(experimental ? ['--experimental'] : []),
        ...flags,
      ],
      { stdio: ['ignore', out, out], detached: true, env: { ...process.env, PATH: path } },
    );
    closeSync(out);
  };
  const start = async (): Promise<void> => {
    spawnDaemon();
    const until = Date.now() + startMs;
    for (;;) {
      const answer = await execa('curl', ['-s', '--max-time', '2', '--unix-socket', socket, 'http://localhost/_ping'], {
        reject: false,
      });
      if (answer.stdout === 'OK') return;
      if (Date.now() > until) throw new Error(`dockerd did not start: ${readFileSync(log, 'utf8').slice(-2000)}`);
      // After a kill it can find remains of the one before and end: it is asked again, as a service manager would.
      if (child.exitCode !== null || child.signalCode !== null) {
        rmSync(join(directory, 'pid'), { force: true });
        spawnDaemon();
      }
      await sleep(200);
    }
  };
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => {
      child.once('exit', resolve);
    });
    child.kill(signal);
    await ended;
  };
  await start();
  return {
    address: `unix://${socket}`,
    directory,
    run: ([program = '', ...words]) =>
      spawn('nsenter', [`--net=/var/run/netns/${namespace}`, program, ...words], {
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    child: () => child,
    stop,
    start,
    async dispose() {
      await stop();
      // Its containerd ends with it; after a kill it may outlive it.
      await endProcessesMentioning(directory);
      await execa('ip', ['netns', 'delete', namespace], { reject: false });
      const mounts = readFileSync('/proc/mounts', 'utf8')
        .split('\n')
        .map((line) => line.split(' ')[1] ?? '')
        .filter((path) => path.startsWith(directory));
      for (const path of mounts.reverse()) await execa('umount', ['-l', path], { reject: false });
      rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

/** Makes the image `busybox:test` from the BusyBox of this machine: there is no registry to pull from. */
export async function importBusybox(address: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'nova-busybox-'));
  try {
    for (const name of ['bin', 'tmp', 'etc', 'data']) mkdirSync(join(directory, name));
    await execa('cp', ['/bin/busybox', join(directory, 'bin')]);
    await execa(join(directory, 'bin/busybox'), ['--install', '-s', join(directory, 'bin')]);
    for (const link of readdirSync(join(directory, 'bin'))) {
      if (link === 'busybox') continue;
      rmSync(join(directory, 'bin', link));
      symlinkSync('busybox', join(directory, 'bin', link));
    }
    const archive = await execa('tar', ['-C', directory, '-c', '.'], {
      encoding: 'buffer',
      maxBuffer: 64 * 1024 * 1024,
    });
    await execa(
      'curl',
      [
        '-sf',
        '--unix-socket',
        address.slice('unix://'.length),
        '-X',
        'POST',
        '--data-binary',
        '@-',
        '-H',
        'Content-Type: application/x-tar',
        'http://localhost/images/create?fromSrc=-&repo=busybox&tag=test',
      ],
      { input: archive.stdout },
    );
    return 'busybox:test';
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
