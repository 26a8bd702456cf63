import { expect, test } from 'vitest';
import { type HostLimits, resolveSpec } from '../../../../../drivers/qemu/plan/resolve.ts';
import { GiB, MiB, type WorkloadSpecInput, workloadSpecSchema } from '../../../../../drivers/spec.ts';

const host: HostLimits = {
  cpus: 8,
  memoryBytes: 16 * GiB,
  parts: { machineTypes: ['q35', 'pc-q35-7.2', 'pc', 'microvm', 'virt'], watchdogs: ['i6300esb', 'ib700'] },
  exists: (path) => (path.startsWith('/there') ? 'file' : path === '/dir' ? 'other' : 'missing'),
};
const resolve = (input: Partial<WorkloadSpecInput>, limits = host) =>
  resolveSpec(workloadSpecSchema.parse({ name: 'a', driver: 'qemu', ...input }), limits);

test('defaults: headroom of twice the start value within the host', () => {
  expect(resolve({}).resources).toEqual({ vcpus: 2, maxVcpus: 4, memoryBytes: GiB, maxMemoryBytes: 2 * GiB });
  expect(resolve({ resources: { vcpus: 3, memoryBytes: 12 * GiB } }).resources).toEqual({
    vcpus: 3,
    maxVcpus: 6,
    memoryBytes: 12 * GiB,
    maxMemoryBytes: 16 * GiB,
  });
  expect(resolve({ resources: { memoryBytes: 5 * MiB } }).resources.memoryBytes).toBe(6 * MiB);
  expect(resolve({ settings: { machine: 'microvm' }, resources: { vcpus: 2 } }).resources.maxVcpus).toBe(2);
});

test('a machine for Arm gets its type, and UEFI where it loads no kernel itself', () => {
  const settings = (more: Record<string, unknown>): unknown =>
    resolve({ settings: { arch: 'aarch64', ...more } }).settings;
  expect(settings({})).toMatchObject({ machine: 'virt', firmware: 'uefi' });
  expect(settings({ kernel: '/there/k' })).toMatchObject({ machine: 'virt', firmware: 'bios' });
});

test('what is not known of QEMU refuses nothing', () => {
  expect(() => resolve({ settings: { machine: 'sun4m' } }, { ...host, parts: null })).not.toThrow();
});

test('a watchdog has its defaults; one that this QEMU or machine type has no place for is refused with what it has', () => {
  expect(resolve({ settings: { watchdog: {} } }).settings).toMatchObject({
    watchdog: { model: 'i6300esb', action: 'reset' },
  });
  expect(resolve({}).settings).not.toHaveProperty('watchdog');
  const only = (...watchdogs: string[]): HostLimits => ({
    ...host,
    parts: { machineTypes: host.parts?.machineTypes ?? [], watchdogs },
  });
  const refused = (settings: Record<string, unknown>, limits = host) => expect(() => resolve({ settings }, limits));
  refused({ watchdog: {} }, only('ib700')).toThrow(
    'This QEMU for x86_64 was built without the watchdog i6300esb. Leave it out, or choose ib700.',
  );
  refused({ watchdog: {} }, only()).toThrow(/without the watchdog i6300esb\. Leave it out\.$/);
  refused({ watchdog: { model: 'ib700' }, arch: 'aarch64' }).toThrow(
    'The machine type virt has no ISA bus for the watchdog ib700. Leave it out, or choose i6300esb.',
  );
  refused({ watchdog: {}, machine: 'microvm' }).toThrow('Leave it out, or choose the machine type q35.');
  refused({ watchdog: { action: 'explode' } }).toThrow(/settings\.watchdog\.action/);
});

test('a resolved spec resolves to itself', () => {
  const once = resolve({ settings: { disks: [{ sizeBytes: GiB }] } });
  expect(resolveSpec(once, host)).toEqual(once);
});

test.each<[string, Partial<WorkloadSpecInput>, string]>([
  ['half a CPU', { resources: { vcpus: 1.5 } }, 'resources.vcpus'],
  ['a maximum below', { resources: { vcpus: 4, maxVcpus: 2 } }, 'resources.maxVcpus'],
  [
    'a memory maximum below',
    { resources: { memoryBytes: GiB, maxMemoryBytes: MiB * 512 } },
    'resources.maxMemoryBytes',
  ],
  ['more memory than the host', { resources: { memoryBytes: 32 * GiB } }, 'resources.memoryBytes'],
  ['an unknown setting', { settings: { nonsense: 1 } }, 'settings'],
  ['a machine type with an option', { settings: { machine: 'q35,accel=kvm' } }, 'settings.machine'],
  ['a machine type that this QEMU has not', { settings: { machine: 'sun4m' } }, 'settings.machine'],
  ['UEFI in a microvm', { settings: { machine: 'microvm', firmware: 'uefi' } }, 'settings.firmware'],
  ['a missing kernel', { settings: { kernel: '/gone' } }, 'settings.kernel'],
  ['a folder as CD', { settings: { cdrom: '/dir' } }, 'settings.cdrom'],
  ['a relative path', { settings: { kernel: 'there/k' } }, 'settings.kernel'],
  ['a disk without size', { settings: { disks: [{}] } }, 'settings.disks.0.sizeBytes'],
  ['a missing image', { settings: { disks: [{ image: '/gone.qcow2' }] } }, 'settings.disks.0.image'],
  ['an initrd alone', { settings: { initrd: '/there/i' } }, 'settings.initrd'],
  ['a command line alone', { settings: { cmdline: 'quiet' } }, 'settings.cmdline'],
  [
    'a port twice',
    { settings: { portForwards: [1, 2].map(() => ({ hostPort: 80, guestPort: 80 })) } },
    'settings.portForwards.1.hostPort',
  ],
  [
    'IPv6',
    { settings: { portForwards: [{ hostAddress: '::1', hostPort: 80, guestPort: 80 }] } },
    'settings.portForwards.0.hostAddress',
  ],
  [
    'a forward without network',
    { settings: { network: 'none', portForwards: [{ hostPort: 80, guestPort: 80 }] } },
    'settings.portForwards',
  ],
])('%s is refused with its field', (_title, input, field) => {
  expect(() => resolve(input)).toThrowError(expect.objectContaining({ code: 'invalid_spec', details: { field } }));
});

test('fault 55: control characters in a kernel command line and NUL in a path are refused', () => {
  for (const settings of [{ kernel: '/there/k', cmdline: 'a\nb' }, { kernel: '/there/\0k' }]) {
    expect(() => resolve({ settings })).toThrowError(expect.objectContaining({ code: 'invalid_spec' }));
  }
});
