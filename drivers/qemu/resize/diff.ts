import { isDeepStrictEqual } from 'node:util';
import type { FieldChange } from '../../driver.ts';
import { MiB, type WorkloadSpec } from '../../spec.ts';
import { busOf } from '../plan/devices.ts';
import { type QemuSettings, qemuSettingsSchema } from '../settings.ts';

/** What a running QEMU can't change, by settings field. Disks are compared one by one. */
const fixedSettings = [
  'arch',
  'machine',
  'firmware',
  'accelerator',
  'cpuModel',
  'cdrom',
  'kernel',
  'initrd',
  'cmdline',
  'bootOrder',
  'network',
  'display',
  'guestAgent',
] as const satisfies (keyof QemuSettings)[];

/** Fields that concern only the host, so that nothing of the machine changes. */
const freeFields = ['name', 'labels', 'notes', 'restart', 'autostart', 'protected'] as const;

function vcpuChange(from: WorkloadSpec, to: WorkloadSpec, hotplug: boolean): FieldChange {
  const field = 'resources.vcpus';
  if (!hotplug) {
    return { field, effect: 'restart', why: 'This machine type cannot change its CPUs while it runs.' };
  }
  const most = from.resources.maxVcpus ?? from.resources.vcpus ?? 1;
  return (to.resources.vcpus ?? 1) <= most
    ? { field, effect: 'live' }
    : { field, effect: 'restart', why: `The machine was started with room for ${most} CPUs.` };
}

function memoryChange(from: WorkloadSpec, to: WorkloadSpec, hotplug: boolean): FieldChange {
  const field = 'resources.memoryBytes';
  const now = from.resources.memoryBytes ?? 0;
  const most = hotplug ? (from.resources.maxMemoryBytes ?? now) : now;
  return (to.resources.memoryBytes ?? now) <= most
    ? { field, effect: 'live' }
    : {
        field,
        effect: 'restart',
        why: hotplug
          ? `The machine was started with room for ${Math.round(most / MiB)} MiB.`
          : 'This machine type cannot get more memory while it runs.',
      };
}

function watchdogChanges({ watchdog: from }: QemuSettings, { watchdog: to }: QemuSettings): FieldChange[] {
  if (from === undefined || to === undefined) {
    return from === to ? [] : [{ field: 'settings.watchdog', effect: 'restart' }];
  }
  return [
    ...(from.model === to.model ? [] : [{ field: 'settings.watchdog.model', effect: 'restart' as const }]),
    ...(from.action === to.action ? [] : [{ field: 'settings.watchdog.action', effect: 'live' as const }]),
  ];
}

function diskChanges(from: QemuSettings, to: QemuSettings): FieldChange[] {
  if (from.disks.length !== to.disks.length) {
    return [
      {
        field: 'settings.disks',
        effect: 'refused',
        why: 'Disks are given when a machine is made; they cannot be added or taken away later. Make a new machine.',
      },
    ];
  }
  return to.disks.flatMap((disk, index): FieldChange[] => {
    const before = from.disks[index];
    const path = `settings.disks.${index}`;
    if (before === undefined || isDeepStrictEqual(before, disk)) {
      return [];
    }
    if (!isDeepStrictEqual({ ...before, sizeBytes: 0, readOnly: false }, { ...disk, sizeBytes: 0, readOnly: false })) {
      return [
        { field: path, effect: 'refused', why: 'A disk keeps its image. Make a new machine from the other image.' },
      ];
    }
    const changes: FieldChange[] = [];
    if (before.readOnly !== disk.readOnly) {
      changes.push({ field: `${path}.readOnly`, effect: 'restart' });
    }
    if (before.sizeBytes !== disk.sizeBytes) {
      const grows = disk.sizeBytes !== undefined && disk.sizeBytes > (before.sizeBytes ?? 0);
      changes.push(
        grows && !before.readOnly
          ? { field: `${path}.sizeBytes`, effect: 'live' }
          : {
              field: `${path}.sizeBytes`,
              effect: 'refused',
              why: grows
                ? 'A disk that is only read cannot grow.'
                : 'A disk can only grow: what lies beyond the new end would be lost.',
            },
      );
    }
    return changes;
  });
}

/** How each changed field of a machine takes effect. Pure. Throws nothing on specs that passed the schema. */
export function diffMachine(from: WorkloadSpec, to: WorkloadSpec): FieldChange[] {
  const parsed = [from, to].map((spec) => qemuSettingsSchema.safeParse(spec.settings));
  const [before, after] = parsed.map((result) => result.data);
  if (before === undefined || after === undefined) {
    return [{ field: 'settings', effect: 'refused', why: 'The settings are not valid.' }];
  }
  const hotplug = busOf(before.machine) !== 'mmio';
  const changes: FieldChange[] = [];
  for (const field of freeFields) {
    if (!isDeepStrictEqual(from[field], to[field])) {
      changes.push({ field, effect: 'live' });
    }
  }
  if (from.resources.vcpus !== to.resources.vcpus) {
    // Arm's "virt" has no CPU hotplug in any QEMU that is known here.
    changes.push(vcpuChange(from, to, hotplug && before.arch === 'x86_64'));
  }
  if (from.resources.memoryBytes !== to.resources.memoryBytes) {
    changes.push(memoryChange(from, to, hotplug));
  }
  for (const field of ['maxVcpus', 'maxMemoryBytes'] as const) {
    if (from.resources[field] !== to.resources[field]) {
      changes.push({ field: `resources.${field}`, effect: 'restart', why: 'The room for growth is set at the start.' });
    }
  }
  for (const field of fixedSettings) {
    if (!isDeepStrictEqual(before[field], after[field])) {
      changes.push({ field: `settings.${field}`, effect: 'restart' });
    }
  }
  if (!isDeepStrictEqual(before.portForwards, after.portForwards)) {
    const live = before.network === 'user' && after.network === 'user';
    changes.push({ field: 'settings.portForwards', effect: live ? 'live' : 'restart' });
  }
  return [...changes, ...watchdogChanges(before, after), ...diskChanges(before, after)];
}
