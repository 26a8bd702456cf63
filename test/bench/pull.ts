import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from '../../scripts/setup/programs.ts';
import { whyNoDocker } from '../support/docker/daemon.ts';
import { openDockerRig } from '../support/docker/rig.ts';
import { timed } from './clock.ts';
import type { Line } from './figures.ts';
import { inTurns } from './turns.ts';

const rounds = 5;
const ratio = 0.95;
const mib = 1024 * 1024;
/** As images have: some layers, of programs. */
const layers = 5;
const layerBytes = 20 * mib;
/** In the network namespace of the daemon, which nobody else is in. */
const registryPort = 5_000;
/** How often a registry that begins is asked, milliseconds, and how many times. */
const asks = { everyMs: 500, times: 120 };

/**
 * An image of 100 MB, pulled from a registry on the same machine, beside `docker pull` on the same daemon, and
 * beside the engine's bare request: nearly all of the time is the engine's own, whoever asks.
 */
export async function benchPull(): Promise<Line[]> {
  const title = 'docker, pull of 100 MB';
  const why =
    (await whyNoDocker()) ?? (findProgram(['docker-registry']) === null ? 'docker-registry is not installed' : null);
  if (why !== null) return [{ name: title, skipped: why }];
  const rig = await openDockerRig([], { checkpoints: false });
  const files = join(rig.daemon.directory, 'registry');
  mkdirSync(files);
  const config = join(files, 'config.yml');
  writeFileSync(
    config,
    `version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: ${join(files, 'data')}\nhttp:\n  addr: 127.0.0.1:${registryPort}\n`,
  );
  const registry = rig.daemon.run(['docker-registry', 'serve', config]);
  registry.stdout?.resume();
  try {
    const name = `localhost:${registryPort}/big:1`;
    await rig.docker('build', '--tag', name, writeContext(files));
    await pushed(rig, name);
    const pull = (work: () => Promise<unknown>) => async (): Promise<number> => {
      await rig.docker('rmi', '--force', name);
      return timed(work);
    };
    const { ours, peer, bare } = await inTurns(rounds, {
      ours: pull(async () => rig.driver.images?.pull(rig.context(), name)),
      peer: pull(() => rig.docker('pull', name)),
      bare: pull(() => askedBare(join(rig.daemon.directory, 'docker.sock'), name)),
    });
    return [
      {
        name: title,
        value: ours,
        unit: 'ms',
        peer: { name: 'docker pull', value: peer },
        goal: { ratioAtMost: ratio },
      },
      {
        name: `${title}, beside the engine's part`,
        value: ours,
        unit: 'ms',
        peer: { name: 'bare request', value: bare },
        goal: null,
      },
    ];
  } finally {
    registry.kill();
    await rig.dispose();
  }
}

/** Writes what the image is built from; its folder. The layers are parts of a program of this size: they compress as programs do. */
function writeContext(files: string): string {
  const context = join(files, 'context');
  mkdirSync(context);
  const program = readFileSync(process.execPath);
  const names = Array.from({ length: layers }, (_, index) => `part${index}`);
  if (program.length < layers * layerBytes) throw new Error(`${process.execPath} is smaller than the image.`);
  for (const [index, part] of names.entries())
    writeFileSync(join(context, part), program.subarray(index * layerBytes, (index + 1) * layerBytes));
  writeFileSync(join(context, 'Dockerfile'), `FROM scratch\n${names.map((part) => `COPY ${part} /\n`).join('')}`);
  return context;
}

/** The pull's request of Docker's API and its answer to the end, read by nobody. */
async function askedBare(socketPath: string, name: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const path = `/images/create?fromImage=${encodeURIComponent(name)}`;
    const asked = request({ socketPath, method: 'POST', path }, (answer) => {
      answer.on('end', resolve);
      answer.on('error', reject);
      answer.resume();
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** Pushes it as soon as the registry answers. */
async function pushed(rig: { docker(...args: string[]): Promise<string[]> }, name: string): Promise<void> {
  for (let time = 1; ; time += 1) {
    try {
      await rig.docker('push', name);
      return;
    } catch (error) {
      if (time === asks.times) throw error;
      await sleep(asks.everyMs);
    }
  }
}
