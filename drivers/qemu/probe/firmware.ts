import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** A UEFI firmware that is installed here, with an empty variable store for each machine to copy. */
export type Firmware = {
  /** `x86_64`, `aarch64` ... */
  arch: string;
  /** Machine types that it fits, with `*`. */
  machines: string[];
  description: string;
  /** The code, read only, raw. */
  code: string;
  /** The empty variables, raw. */
  variables: string;
};

/** Descriptors of firmware: docs/interop/firmware.json of QEMU. Only what is used here. */
const descriptorSchema = z.object({
  description: z.string(),
  'interface-types': z.array(z.string()),
  mapping: z.object({
    device: z.literal('flash'),
    executable: z.object({ filename: z.string(), format: z.literal('raw') }),
    'nvram-template': z.object({ filename: z.string(), format: z.literal('raw') }),
  }),
  targets: z.array(z.object({ architecture: z.string(), machines: z.array(z.string()) })),
  features: z.array(z.string()),
});

/** Features that ask for more than a machine of ours has. */
const beyondUs = new Set(['requires-smm', 'amd-sev-es', 'amd-sev-snp', 'intel-tdx']);

/** The firmware of one descriptor, one entry a target. Empty for any other than UEFI in flash, and for what is no descriptor. Pure. */
export function readDescriptor(text: string): Firmware[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Written by other packages; one that is broken is as good as none.
    return [];
  }
  const { success, data } = descriptorSchema.safeParse(value);
  if (
    !success ||
    !data['interface-types'].includes('uefi') ||
    data.features.some((feature) => beyondUs.has(feature) || feature === 'secure-boot')
  ) {
    return [];
  }
  return data.targets.map(({ architecture, machines }) => ({
    arch: architecture,
    machines,
    description: data.description,
    code: data.mapping.executable.filename,
    variables: data.mapping['nvram-template'].filename,
  }));
}

/** All UEFI firmware that the descriptors beside QEMU and in /etc name, best first, as their names order them. Never throws. */
export function findFirmware(binaryPath: string): Firmware[] {
  const folders = ['/etc/qemu/firmware', join(dirname(binaryPath), '..', 'share', 'qemu', 'firmware')];
  const found = new Map<string, string>();
  for (const folder of folders) {
    try {
      for (const name of readdirSync(folder).filter((each) => each.endsWith('.json'))) {
        // The administrator's stands in place of the package's of the same name.
        if (!found.has(name)) found.set(name, readFileSync(join(folder, name), 'utf8'));
      }
    } catch {
      // Most machines have only one of the folders.
    }
  }
  return [...found].sort(([left], [right]) => (left < right ? -1 : 1)).flatMap(([, text]) => readDescriptor(text));
}

/** The first that fits a machine type (versioned, `pc-q35-7.2`), or null. Pure. */
export function firmwareFor(all: readonly Firmware[], arch: string, machineType: string): Firmware | null {
  const fits = (pattern: string): boolean => {
    const [head = '', ...tail] = pattern.split('*');
    const last = tail.join('*');
    return tail.length === 0 ? pattern === machineType : machineType.startsWith(head) && machineType.endsWith(last);
  };
  return all.find((one) => one.arch === arch && one.machines.some(fits)) ?? null;
}
