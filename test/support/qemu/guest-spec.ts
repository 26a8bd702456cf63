import { MiB, type WorkloadSpecInput } from '../../../drivers/spec.ts';
import { demoGuest } from '../guest.ts';

/** A spec part that boots the demo guest. */
export async function guestSpec(settings: Record<string, unknown> = {}): Promise<Partial<WorkloadSpecInput>> {
  const { kernel, initrd, cmdline } = await demoGuest();
  return {
    resources: { vcpus: 1, maxVcpus: 2, memoryBytes: 192 * MiB, maxMemoryBytes: 384 * MiB },
    settings: { kernel, initrd, cmdline, ...settings },
  };
}
