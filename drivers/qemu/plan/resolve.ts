import { existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { NovaError } from '../../errors.ts';
import { MiB, type Resources, type WorkloadSpec } from '../../spec.ts';
import { type QemuSettings, qemuSettingsSchema } from '../settings.ts';
import { busOf } from './devices.ts';
import type { MachineParts } from './input.ts';

/** Memory of a machine for which nothing was asked. */
const defaultMemoryBytes = 1024 * MiB;
/** QEMU plugs memory in steps of this size; sizes are rounded up to it. */
const memoryStepBytes = 2 * MiB;

/** What this host has; passed in so that the rest is pure. */
export type HostLimits = {
  cpus: number;
  memoryBytes: number;
  /** What the QEMU for the guest's architecture has; null when that is not known (now). */
  parts: MachineParts | null;
  exists(path: string): 'file' | 'other' | 'missing';
};

/** Looks at a path. */
export function pathKind(path: string): 'file' | 'other' | 'missing' {
  if (!existsSync(path)) {
    return 'missing';
  }
  // A block device serves as a disk as well as a file does.
  const stat = statSync(path);
  return stat.isFile() || stat.isBlockDevice() ? 'file' : 'other';
}

/** The limits of this host. */
export function hostLimits(memoryBytes: number, parts: MachineParts | null): HostLimits {
  return { cpus: availableParallelism(), memoryBytes, parts, exists: pathKind };
}

function refuse(field: string, message: string): never {
  throw new NovaError('invalid_spec', message, { details: { field } });
}

/** Reads the settings; the first thing that is wrong is told with its field. */
export function parseSettings(spec: WorkloadSpec): QemuSettings {
  const parsed = qemuSettingsSchema.safeParse(spec.settings);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = ['settings', ...(issue?.path ?? [])].join('.');
    refuse(field, `${field}: ${issue?.message ?? 'not valid'}`);
  }
  return parsed.data;
}

function checkFiles(settings: QemuSettings, limits: HostLimits): void {
  const files: [string, string | undefined][] = [
    ['settings.kernel', settings.kernel],
    ['settings.initrd', settings.initrd],
    ['settings.cdrom', settings.cdrom],
    ...settings.disks.map((disk, index): [string, string | undefined] => [`settings.disks.${index}.image`, disk.image]),
  ];
  for (const [field, path] of files) {
    if (path === undefined) {
      continue;
    }
    const kind = limits.exists(path);
    if (kind !== 'file') {
      refuse(field, kind === 'missing' ? `The file ${path} does not exist.` : `${path} is no file.`);
    }
  }
  settings.disks.forEach((disk, index) => {
    if (disk.image === undefined && disk.sizeBytes === undefined) {
      refuse(`settings.disks.${index}.sizeBytes`, 'A new disk needs a size.');
    }
  });
  if (settings.initrd !== undefined && settings.kernel === undefined) {
    refuse('settings.initrd', 'An initial RAM disk needs a kernel.');
  }
  if (settings.cmdline !== '' && settings.kernel === undefined) {
    refuse('settings.cmdline', 'A kernel command line needs a kernel.');
  }
}

function checkForwards(settings: QemuSettings): void {
  const taken = new Set<string>();
  settings.portForwards.forEach((rule, index) => {
    const field = `settings.portForwards.${index}`;
    if (rule.hostAddress.includes(':')) {
      refuse(`${field}.hostAddress`, "QEMU's user-mode network forwards IPv4 addresses only.");
    }
    const key = `${rule.protocol}:${rule.hostAddress}:${rule.hostPort}`;
    if (rule.hostPort !== 0 && taken.has(key)) {
      refuse(`${field}.hostPort`, `The port ${rule.hostPort} is forwarded twice.`);
    }
    taken.add(key);
  });
  if (settings.network === 'none' && settings.portForwards.length > 0) {
    refuse('settings.portForwards', 'Port forwards need the network "user".');
  }
}

/** The type and firmware that its architecture needs: a PC's are defaults only for PCs, and only a PC has a BIOS. */
function settleArchitecture(settings: QemuSettings, limits: HostLimits): QemuSettings {
  const arm = settings.arch === 'aarch64';
  const machine = arm && settings.machine === 'q35' ? 'virt' : settings.machine;
  const firmware = arm && settings.kernel === undefined ? 'uefi' : settings.firmware;
  if (limits.parts?.machineTypes.includes(machine) === false) {
    refuse(
      'settings.machine',
      `This QEMU for ${settings.arch} has no machine type ${machine}. Leave it out, or choose ${arm ? 'virt' : 'q35'}.`,
    );
  }
  if (firmware === 'uefi' && busOf(machine) === 'mmio') {
    refuse('settings.firmware', `The machine type ${machine} has firmware of its own. Choose q35 for UEFI.`);
  }
  return { ...settings, machine, firmware };
}

/** A watchdog needs its bus and has to be part of the QEMU. */
function checkWatchdog({ arch, machine, watchdog }: QemuSettings, limits: HostLimits): void {
  if (watchdog === undefined) {
    return;
  }
  const field = 'settings.watchdog.model';
  const { model } = watchdog;
  const onIsa = model === 'ib700';
  if (busOf(machine) === 'mmio' || (onIsa && arch !== 'x86_64')) {
    const other = onIsa && busOf(machine) !== 'mmio' ? 'choose i6300esb' : 'choose the machine type q35';
    refuse(
      field,
      `The machine type ${machine} has no ${onIsa ? 'ISA' : 'PCI'} bus for the watchdog ${model}. Leave it out, or ${other}.`,
    );
  }
  if (limits.parts?.watchdogs.includes(model) === false) {
    const [other] = limits.parts.watchdogs;
    refuse(
      field,
      `This QEMU for ${arch} was built without the watchdog ${model}. Leave it out${other === undefined ? '' : `, or choose ${other}`}.`,
    );
  }
}

function resolveResources(spec: WorkloadSpec, settings: QemuSettings, limits: HostLimits): Resources {
  const up = (bytes: number): number => Math.ceil(bytes / memoryStepBytes) * memoryStepBytes;
  const vcpus = spec.resources.vcpus ?? Math.min(2, limits.cpus);
  if (!Number.isInteger(vcpus)) {
    refuse('resources.vcpus', 'A virtual machine has whole CPUs.');
  }
  const memoryBytes = up(spec.resources.memoryBytes ?? Math.min(defaultMemoryBytes, limits.memoryBytes / 2));
  const hotplug = busOf(settings.machine) !== 'mmio';
  // Headroom for the sliders: twice the start value, within what the host has.
  const maxVcpus = spec.resources.maxVcpus ?? (hotplug ? Math.max(vcpus, Math.min(vcpus * 2, limits.cpus * 2)) : vcpus);
  const maxMemoryBytes =
    spec.resources.maxMemoryBytes === undefined
      ? hotplug
        ? Math.max(memoryBytes, up(Math.min(memoryBytes * 2, limits.memoryBytes)))
        : memoryBytes
      : up(spec.resources.maxMemoryBytes);
  if (maxVcpus < vcpus) {
    refuse('resources.maxVcpus', 'The maximum of CPUs is below their number. Raise the maximum too, or ask for fewer.');
  }
  if (maxMemoryBytes < memoryBytes) {
    refuse(
      'resources.maxMemoryBytes',
      'The maximum of memory is below the memory. Raise the maximum too, or ask for less.',
    );
  }
  if (memoryBytes > limits.memoryBytes) {
    refuse('resources.memoryBytes', `This machine has ${Math.floor(limits.memoryBytes / MiB)} MiB of memory only.`);
  }
  return { vcpus, maxVcpus, memoryBytes, maxMemoryBytes };
}

/** Fills in what depends on this host and refuses what can't work. Throws `invalid_spec` with `details.field`. */
export function resolveSpec(spec: WorkloadSpec, limits: HostLimits): WorkloadSpec {
  const settings = settleArchitecture(parseSettings(spec), limits);
  checkFiles(settings, limits);
  checkForwards(settings);
  checkWatchdog(settings, limits);
  return { ...spec, resources: resolveResources(spec, settings, limits), settings };
}
