import { randomUUID } from 'node:crypto';
import { findCriu } from '../../scripts/setup/criu.ts';
import { whyNoDocker } from '../support/docker/daemon.ts';
import { openDockerRig, reaches } from '../support/docker/rig.ts';
import { timed } from './clock.ts';
import type { Line } from './figures.ts';
import { inTurns } from './turns.ts';

const rounds = 5;
const ratio = 0.95;

/** Memory of a container kept and restored by the driver, beside `docker checkpoint` on the same daemon. */
export async function benchCheckpoint(): Promise<Line[]> {
  const criu = findCriu();
  const why = (await whyNoDocker()) ?? ('reason' in criu ? criu.reason : null);
  if (why !== null) return [{ name: 'docker, checkpoint', skipped: why }];
  const rig = await openDockerRig();
  const { snapshots } = rig.driver;
  if (snapshots === undefined) throw new Error('The driver has no snapshots.');
  try {
    const command = ['sh', '-c', 'while :; do sleep 1; done'];
    const ref = await rig.run({ command });
    await rig.docker('run', '-d', '--name', 'peer', rig.image, ...command);
    let last = '';
    let peerLast = '';
    const kept = await inTurns(rounds, {
      ours: () =>
        timed(async () => {
          last = randomUUID();
          await snapshots.create(rig.context(), ref, { id: last, name: last, kind: 'disk+memory' });
        }),
      peer: () =>
        timed(async () => {
          peerLast = `c${randomUUID()}`;
          await rig.docker('checkpoint', 'create', '--leave-running', 'peer', peerLast);
        }),
    });
    const restored = await inTurns(rounds, {
      ours: () =>
        timed(async () => {
          await snapshots.restore(rig.context(), ref, last, { keep: false, keepId: '' });
          await reaches(rig, ref, 'running');
        }),
      peer: async () => {
        await rig.docker('kill', 'peer');
        await rig.docker('wait', 'peer');
        return timed(() => rig.docker('start', '--checkpoint', peerLast, 'peer'));
      },
    });
    return [
      {
        name: 'docker, memory kept with files',
        value: kept.ours,
        unit: 'ms',
        peer: { name: 'docker checkpoint create, memory alone', value: kept.peer },
        goal: { ratioAtMost: ratio },
      },
      {
        name: 'docker, memory restored with files, in place',
        value: restored.ours,
        unit: 'ms',
        peer: { name: 'docker start --checkpoint, memory alone', value: restored.peer },
        goal: { ratioAtMost: ratio },
        note: 'ours ends the present run, makes the container anew and puts its files back too',
      },
    ];
  } finally {
    await rig.dispose();
  }
}
