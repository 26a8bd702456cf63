import { expect, test } from 'vitest';
import { newRecord } from '../../../../../drivers/qemu/lifecycle/create.ts';
import { diffMachine } from '../../../../../drivers/qemu/resize/diff.ts';
import { pendingFields } from '../../../../../drivers/qemu/resize/pending.ts';
import { GiB, MiB, type WorkloadSpec, workloadSpecSchema } from '../../../../../drivers/spec.ts';

const resources = { vcpus: 2, maxVcpus: 4, memoryBytes: 512 * MiB, maxMemoryBytes: GiB };
const disk = { sizeBytes: GiB };

function spec(input: { resources?: Partial<typeof resources>; settings?: Record<string, unknown> } = {}): WorkloadSpec {
  return workloadSpecSchema.parse({
    name: 'web',
    driver: 'qemu',
    resources: { ...resources, ...input.resources },
    settings: { disks: [disk], ...input.settings },
  });
}

test.each<[string, Parameters<typeof spec>[0], Parameters<typeof spec>[0], string[]]>([
  ['nothing', {}, {}, []],
  ['CPUs within the room', {}, { resources: { vcpus: 4 } }, ['resources.vcpus live']],
  ['fewer CPUs', {}, { resources: { vcpus: 1 } }, ['resources.vcpus live']],
  ['CPUs beyond the room', {}, { resources: { vcpus: 5 } }, ['resources.vcpus restart']],
  [
    'CPUs on a machine without hotplug',
    { settings: { machine: 'microvm' } },
    { settings: { machine: 'microvm' }, resources: { vcpus: 1 } },
    ['resources.vcpus restart'],
  ],
  [
    'CPUs of an Arm machine',
    { settings: { arch: 'aarch64', machine: 'virt' } },
    { settings: { arch: 'aarch64', machine: 'virt' }, resources: { vcpus: 1 } },
    ['resources.vcpus restart'],
  ],
  [
    'what a watchdog does',
    { settings: { watchdog: {} } },
    { settings: { watchdog: { action: 'pause' } } },
    ['settings.watchdog.action live'],
  ],
  [
    'another watchdog',
    { settings: { watchdog: {} } },
    { settings: { watchdog: { model: 'ib700' } } },
    ['settings.watchdog.model restart'],
  ],
  ['a watchdog', {}, { settings: { watchdog: {} } }, ['settings.watchdog restart']],
  ['no watchdog any more', { settings: { watchdog: {} } }, {}, ['settings.watchdog restart']],
  ['memory within the room', {}, { resources: { memoryBytes: GiB } }, ['resources.memoryBytes live']],
  ['less memory', {}, { resources: { memoryBytes: 256 * MiB } }, ['resources.memoryBytes live']],
  ['memory beyond the room', {}, { resources: { memoryBytes: 2 * GiB } }, ['resources.memoryBytes restart']],
  [
    'more memory on a machine without hotplug',
    { settings: { machine: 'microvm' } },
    { settings: { machine: 'microvm' }, resources: { memoryBytes: GiB } },
    ['resources.memoryBytes restart'],
  ],
  [
    'less memory on a machine without hotplug',
    { settings: { machine: 'microvm' } },
    { settings: { machine: 'microvm' }, resources: { memoryBytes: 256 * MiB } },
    ['resources.memoryBytes live'],
  ],
  ['the room for CPUs', {}, { resources: { maxVcpus: 8 } }, ['resources.maxVcpus restart']],
  ['the room for memory', {}, { resources: { maxMemoryBytes: 2 * GiB } }, ['resources.maxMemoryBytes restart']],
  ['a larger disk', {}, { settings: { disks: [{ sizeBytes: 2 * GiB }] } }, ['settings.disks.0.sizeBytes live']],
  ['a smaller disk', {}, { settings: { disks: [{ sizeBytes: MiB }] } }, ['settings.disks.0.sizeBytes refused']],
  [
    'a larger disk that is only read',
    { settings: { disks: [{ ...disk, readOnly: true }] } },
    { settings: { disks: [{ sizeBytes: 2 * GiB, readOnly: true }] } },
    ['settings.disks.0.sizeBytes refused'],
  ],
  ['another image', {}, { settings: { disks: [{ ...disk, image: '/images/a.qcow2' }] } }, ['settings.disks.0 refused']],
  [
    'a disk that becomes read-only',
    {},
    { settings: { disks: [{ ...disk, readOnly: true }] } },
    ['settings.disks.0.readOnly restart'],
  ],
  ['one disk more', {}, { settings: { disks: [disk, disk] } }, ['settings.disks refused']],
  ['no disk', {}, { settings: { disks: [] } }, ['settings.disks refused']],
  ['the kernel', {}, { settings: { kernel: '/boot/vmlinuz' } }, ['settings.kernel restart']],
  [
    'forwards and network',
    {},
    { settings: { portForwards: [{ hostPort: 0, guestPort: 80 }], display: 'vnc' } },
    ['settings.display restart', 'settings.portForwards live'],
  ],
  ['a default written out', {}, { settings: { machine: 'q35' } }, []],
])('%s', (_title, from, to, expected) => {
  const changes = diffMachine(spec(from), spec(to));
  expect(changes.map((change) => `${change.field} ${change.effect}`)).toEqual(expected);
  for (const change of changes) {
    expect(change.effect === 'live' || change.effect === 'restart' || change.why !== undefined).toBe(true);
  }
});

test('fields that only NovaCron knows are live', () => {
  const from = spec();
  expect(
    diffMachine(from, { ...from, name: 'other', notes: 'n', labels: { a: 'b' }, protected: true }).map(
      ({ field, effect }) => `${field} ${effect}`,
    ),
  ).toEqual(['name live', 'labels live', 'notes live', 'protected live']);
});

test('settings that are not valid are refused, not thrown', () => {
  expect(diffMachine(spec(), { ...spec(), settings: { disks: 7 } })).toMatchObject([
    { field: 'settings', effect: 'refused' },
  ]);
});

test('what waits for the next start is what differs from the run and is not live', () => {
  const record = newRecord('machine-1', spec(), null);
  const run = { pid: 1, startTicks: 1, bootId: 'b', startedAtMs: 0, boot: 1, argv: [], hotplugged: [], spec: spec() };
  const now = spec({ resources: { vcpus: 6, maxVcpus: 8, memoryBytes: GiB }, settings: { display: 'vnc' } });
  expect(pendingFields({ record: { ...record, run, spec: now } })).toEqual([
    'resources.vcpus',
    'resources.maxVcpus',
    'settings.display',
  ]);
  expect(pendingFields({ record: { ...record, run } })).toEqual([]);
  expect(pendingFields({ record: { ...record, spec: now } })).toEqual([]);
});
