import { randomUUID } from 'node:crypto';
import type { Driver } from '../../../drivers/driver.ts';
import { consoleLogPath } from '../../../drivers/qemu/plan/arguments.ts';
import { MiB } from '../../../drivers/spec.ts';
import { guestSpec } from '../../support/qemu/guest-spec.ts';
import type { Rig } from '../../support/qemu/rig.ts';
import { startCounting } from '../guest/counting.ts';
import { recordLine } from '../guest/serial-line.ts';
import type { Subject } from './subject.ts';

/** The size of the disk that each guest gets, bytes. */
export const diskBytes = 64 * MiB;

/** A guest of the driver. `standing` is told when it can't be saved in the background here. */
export async function ourSubject(rig: Rig, standing: () => void): Promise<Subject> {
  const ref = await rig.create(await guestSpec({ disks: [{ sizeBytes: diskBytes }] }));
  await rig.driver.start(rig.context(), ref);
  const channel = await rig.driver.openConsole(ref, 'serial0', { replayBytes: 0 });
  const line = recordLine(consoleLogPath(rig.paths(ref)), (text) => void channel.write(Buffer.from(text)));
  const guest = await startCounting(line);
  const snapshots = groupOf(rig.driver);
  let last = '';
  return {
    guest,
    async snapshot(kind) {
      const id = randomUUID();
      const log = (text: string): void => {
        if (text.includes('stands still')) standing();
      };
      await snapshots.create({ ...rig.context(), log }, ref, { id, name: id, kind });
      if (kind === 'disk+memory') last = id;
    },
    async restore() {
      await snapshots.restore(rig.context(), ref, last, { keep: false, keepId: randomUUID() });
      await rig.until(ref, 'running again', ({ phase }) => phase === 'running');
    },
    async close() {
      guest.close();
      channel.close();
      await rig.driver.stop(rig.context(), ref, { graceMs: 0, force: true });
    },
  };
}

function groupOf(driver: Driver): NonNullable<Driver['snapshots']> {
  if (driver.snapshots === undefined) throw new Error(`${driver.name} has no snapshots.`);
  return driver.snapshots;
}
