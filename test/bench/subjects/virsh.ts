import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { execa } from 'execa';
import { startCounting } from '../guest/counting.ts';
import { socketLine } from '../guest/serial-line.ts';
import { defineDemo } from '../peers/demo-domain.ts';
import type { Libvirt } from '../peers/libvirt.ts';
import { diskBytes } from './ours.ts';
import type { Subject } from './subject.ts';

/** A guest of libvirt, by `virsh snapshot-create-as` and `snapshot-revert` in the form that they have without options. */
export async function virshSubject(libvirt: Libvirt, directory: string): Promise<Subject> {
  const disk = join(directory, 'virsh.qcow2');
  await execa('qemu-img', ['create', '-q', '-f', 'qcow2', disk, String(diskBytes)]);
  const serial = await defineDemo(libvirt, disk);
  await libvirt.virsh('start', 'demo');
  const guest = await startCounting(socketLine(serial));
  let last = '';
  return {
    guest,
    async snapshot(kind) {
      const name = `s${randomUUID().slice(0, 8)}`;
      const form = kind === 'disk' ? ['--disk-only', '--no-metadata'] : [];
      await libvirt.virsh('snapshot-create-as', 'demo', name, ...form);
      if (kind === 'disk+memory') last = name;
    },
    async restore() {
      await libvirt.virsh('snapshot-revert', 'demo', last);
    },
    async close() {
      guest.close();
      await libvirt.virsh('destroy', 'demo');
    },
  };
}
