import { accessSync, constants, statSync } from 'node:fs';
import { cpus, release } from 'node:os';

/** The device of KVM on Linux. */
export const kvmDevice = '/dev/kvm';

/** Why KVM can't even be tried, or null. */
export type KvmObstacle = { reason: string; fix: { text: string; command?: string } } | null;

/** Looks at the device without opening a machine. */
export function kvmObstacle(device: string = kvmDevice): KvmObstacle {
  try {
    statSync(device);
  } catch {
    return {
      reason: `KVM is not there: ${device} does not exist.`,
      fix: {
        text: 'Switch on virtualisation (VT-x, AMD-V) in the firmware settings of this machine and load the module. In a virtual machine: switch on nested virtualisation.',
        command: 'sudo modprobe -a kvm kvm_intel kvm_amd',
      },
    };
  }
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
  } catch {
    return {
      reason: `KVM is forbidden: this user may not open ${device}.`,
      fix: { text: 'Join the group of the device and log in again.', command: 'sudo usermod -aG kvm "$USER"' },
    };
  }
  return null;
}

/** Everything on which the verdict about KVM depends: kernel, processor, device. QEMU's stamp is added by the caller. */
export function kvmKey(device: string = kvmDevice): string {
  const { ino, rdev, ctimeMs } = statSync(device);
  return [release(), cpus()[0]?.model ?? '', `${ino}:${rdev}:${ctimeMs}`].join('|');
}
