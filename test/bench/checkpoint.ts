import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { findCriu } from '../../scripts/setup/criu.ts';
import { whyNoDocker } from '../support/docker/daemon.ts';
import { type DockerRig, openDockerRig, reaches } from '../support/docker/rig.ts';
import { timed } from './clock.ts';
import type { Line } from './figures.ts';
import { inTurns } from './turns.ts';

const rounds = 5;
const ratio = 0.95;

/** What both sides run. */
const command = ['sh', '-c', 'while :; do sleep 1; done'];

/** The same work as ours by the docker command, one after the other as a script does it: memory and files kept, and both put back in place. */
type ByHand = { keep: () => Promise<void>; restore: () => Promise<void> };

async function openByHand(rig: DockerRig): Promise<ByHand> {
  const name = 'whole';
  const kept = join(rig.daemon.directory, 'kept');
  await mkdir(kept);
  await rig.docker('run', '-d', '--name', name, rig.image, ...command);
  let last = '';
  return {
    async keep() {
      last = `c${randomUUID()}`;
      await rig.docker('checkpoint', 'create', '--leave-running', '--checkpoint-dir', kept, name, last);
      await rig.docker('commit', name, `${name}:${last}`);
    },
    async restore() {
      await rig.docker('rm', '-f', name);
      const [id] = await rig.docker('create', '--name', name, `${name}:${last}`, ...command);
      // `docker start` takes no other directory than the container's own.
      await execa('cp', [
        '-r',
        join(kept, last),
        join(rig.daemon.directory, 'data/containers', String(id), 'checkpoints'),
      ]);
      await rig.docker('start', '--checkpoint', last, name);
    },
  };
}

/**
 * Memory and files of a container kept and restored by the driver, beside the docker command on the same daemon: beside the same work, which
 * is what the goal is about, and beside the memory alone, which leaves out the files and the end of the container that ran.
 */
export async function benchCheckpoint(): Promise<Line[]> {
  const criu = findCriu();
  const why = (await whyNoDocker()) ?? ('reason' in criu ? criu.reason : null);
  if (why !== null) return [{ name: 'docker, checkpoint', skipped: why }];
  const rig = await openDockerRig();
  const { snapshots } = rig.driver;
  if (snapshots === undefined) throw new Error('The driver has no snapshots.');
  try {
    const ref = await rig.run({ command });
    await rig.docker('run', '-d', '--name', 'alone', rig.image, ...command);
    const byHand = await openByHand(rig);
    let last = '';
    let aloneLast = '';
    const kept = await inTurns(rounds, {
      ours: () =>
        timed(async () => {
          last = randomUUID();
          await snapshots.create(rig.context(), ref, { id: last, name: last, kind: 'disk+memory' });
        }),
      alone: () =>
        timed(async () => {
          aloneLast = `c${randomUUID()}`;
          await rig.docker('checkpoint', 'create', '--leave-running', 'alone', aloneLast);
        }),
      whole: () => timed(byHand.keep),
    });
    const restored = await inTurns(rounds, {
      ours: () =>
        timed(async () => {
          await snapshots.restore(rig.context(), ref, last, { keep: false, keepId: '' });
          await reaches(rig, ref, 'running');
        }),
      alone: async () => {
        await rig.docker('kill', 'alone');
        await rig.docker('wait', 'alone');
        return timed(() => rig.docker('start', '--checkpoint', aloneLast, 'alone'));
      },
      whole: () => timed(byHand.restore),
    });
    const line = (name: string, value: number[], peer: string, peerValue: number[], atMost: number | null): Line => ({
      name: `docker, ${name}`,
      value,
      unit: 'ms',
      peer: { name: peer, value: peerValue },
      goal: atMost === null ? null : { ratioAtMost: atMost },
    });
    return [
      line('memory and files kept / the same', kept.ours, 'docker checkpoint create + commit', kept.whole, ratio),
      line('memory and files kept / memory alone', kept.ours, 'docker checkpoint create', kept.alone, null),
      line(
        'memory and files restored in place / the same',
        restored.ours,
        'docker rm -f + create + cp + start --checkpoint',
        restored.whole,
        ratio,
      ),
      line(
        'memory and files restored in place / memory alone, of one that has ended',
        restored.ours,
        'docker start --checkpoint',
        restored.alone,
        null,
      ),
    ];
  } finally {
    await rig.dispose();
  }
}
