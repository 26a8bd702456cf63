import { MiB } from '../../../drivers/spec.ts';

/** A guest as libvirt is to run it: the demo guest's kernel, devices like ours. */
export type Domain = {
  name: string;
  kernel: string;
  initrd: string;
  cmdline: string;
  memoryBytes: number;
  maxMemoryBytes: number;
  maxVcpus: number;
  /** A qcow2 file, or null. */
  disk: string | null;
  /** Where libvirt makes the serial line's socket. */
  serialSocket: string;
};

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&apos;');
}

/** Libvirt's description of a guest that is emulated, with one vCPU now; see https://libvirt.org/formatdomain.html. Pure. */
export function domainXml(domain: Domain): string {
  const disk =
    domain.disk === null
      ? ''
      : `<disk type='file' device='disk'><driver name='qemu' type='qcow2' discard='unmap'/>` +
        `<source file='${text(domain.disk)}'/><target dev='vda' bus='virtio'/></disk>`;
  const cells = `<numa><cell id='0' cpus='0-${domain.maxVcpus - 1}' memory='${domain.memoryBytes / MiB}' unit='MiB'/></numa>`;
  return `<domain type='qemu'>
  <name>${text(domain.name)}</name>
  <maxMemory slots='16' unit='MiB'>${domain.maxMemoryBytes / MiB}</maxMemory>
  <memory unit='MiB'>${domain.memoryBytes / MiB}</memory>
  <vcpu current='1'>${domain.maxVcpus}</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>${text(domain.kernel)}</kernel><initrd>${text(domain.initrd)}</initrd><cmdline>${text(domain.cmdline)}</cmdline>
  </os>
  <features><acpi/></features>
  <cpu mode='maximum'><topology sockets='1' dies='1' cores='${domain.maxVcpus}' threads='1'/>${cells}</cpu>
  <devices>
    ${disk}
    <interface type='user'><model type='virtio'/><rom enabled='no'/></interface>
    <serial type='unix'><source mode='bind' path='${text(domain.serialSocket)}'/><target port='0'/></serial>
    <controller type='usb' model='none'/>
    <memballoon model='virtio'/>
    <rng model='virtio'><backend model='builtin'/></rng>
    <panic model='isa'/>
  </devices>
</domain>
`;
}
