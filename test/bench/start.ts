import { execa } from 'execa';
import { guestSpec } from '../support/qemu/guest-spec.ts';
import { createRig } from '../support/qemu/rig.ts';
import { startBareQemu } from './bare-qemu.ts';
import { timed } from './clock.ts';
import { type Line, median } from './figures.ts';

/** Enough for a median that one slow start does not move. */
const rounds = 7;

/** From the call of the driver's start until the guest runs, against QEMU alone with the same arguments, in turns. */
export async function benchStart(): Promise<Line[]> {
  const rig = createRig();
  const ours: number[] = [];
  const bare: number[] = [];
  try {
    const ref = await rig.create(await guestSpec());
    const paths = rig.paths(ref);
    for (let round = 0; round <= rounds; round += 1) {
      const ownMs = await timed(async () => {
        await rig.driver.start(rig.context(), ref);
        await rig.until(ref, 'running', ({ phase }) => phase === 'running');
      });
      const argv = rig.record(ref).run?.argv ?? [];
      await rig.driver.stop(rig.context(), ref, { graceMs: 0, force: true });
      let end = async (): Promise<void> => undefined;
      const bareMs = await timed(async () => {
        const qemu = await startBareQemu(argv, paths.qmpSocket);
        end = async () => {
          qemu.client.close();
          await qemu.end();
        };
      });
      await end();
      // The first round reads the files from the disk.
      if (round > 0) {
        ours.push(ownMs);
        bare.push(bareMs);
      }
    }
  } finally {
    await rig.close();
  }
  const value = median(ours);
  const lines: Line[] = [
    {
      name: 'start',
      value,
      unit: 'ms',
      peer: { name: 'QEMU alone', value: median(bare) },
      goal: { ratioAtMost: 1.1 },
    },
  ];
  const virsh = await execa('virsh', ['--version'], { reject: false });
  lines.push({
    name: 'start, virsh',
    skipped: virsh.exitCode === 0 ? 'a comparison with virsh is not there yet' : 'libvirt missing',
  });
  return lines;
}
