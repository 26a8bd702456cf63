import { MiB } from '../../../drivers/spec.ts';
import { demoGuest } from '../../support/guest.ts';
import type { Libvirt } from './libvirt.ts';

/** Makes the demo guest known to libvirt as `demo`, as large as ours; returns the path of its serial socket. `disk` is lent to it. */
export async function defineDemo(libvirt: Libvirt, disk: string | null): Promise<string> {
  const { kernel, initrd, cmdline } = await demoGuest();
  const serialSocket = `${libvirt.root}/serial`;
  await libvirt.define({
    name: 'demo',
    kernel: libvirt.lend(kernel),
    initrd: libvirt.lend(initrd),
    cmdline,
    memoryBytes: 192 * MiB,
    maxMemoryBytes: 384 * MiB,
    maxVcpus: 2,
    disk: disk === null ? null : libvirt.lend(disk),
    serialSocket,
  });
  return serialSocket;
}
