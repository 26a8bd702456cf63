import { expect, test } from 'vitest';
import type { Run } from '../../../../../drivers/qemu/machine/record.ts';
import { readAnswers } from '../../../../../drivers/qemu/resize/answers.ts';
import { moduleCommandsOf, pluggedIds, withDevices } from '../../../../../drivers/qemu/resize/devices.ts';
import { leastBytes } from '../../../../../drivers/qemu/resize/squeeze.ts';
import { type CpuSlot, freePlaces, planVcpus } from '../../../../../drivers/qemu/resize/vcpus.ts';
import { GiB, MiB } from '../../../../../drivers/spec.ts';

const slot = (core: number, path?: string): CpuSlot => ({
  type: 'max-x86_64-cpu',
  'vcpus-count': 1,
  props: { 'core-id': core, 'thread-id': 0, 'socket-id': 0 },
  ...(path === undefined ? {} : { 'qom-path': path }),
});
const first = slot(0, '/machine/unattached/device[0]');
const plugged = (core: number): CpuSlot => slot(core, `/machine/peripheral/cpu${core}`);
const cpuCommand = (core: number) => ({
  execute: 'device_add',
  arguments: { driver: 'max-x86_64-cpu', id: `cpu${core}`, 'core-id': core, 'thread-id': 0, 'socket-id': 0 },
});

/** As QEMU 7.2 tells a module. */
const module = (number: number, place = number) => ({
  type: 'dimm',
  data: {
    memdev: `/objects/memory${number}`,
    hotplugged: true,
    hotpluggable: true,
    addr: 4 * GiB + place * 128 * MiB,
    size: 128 * MiB,
    slot: place,
    node: 0,
    id: `dimm${number}`,
  },
});
const run: Run = {
  pid: 1,
  startTicks: 1,
  bootId: 'boot',
  startedAtMs: 0,
  boot: 1,
  argv: ['qemu'],
  hotplugged: [],
};

test('modules are plugged in again at their places, in the order of their slots', () => {
  expect(moduleCommandsOf([module(1, 1), module(0, 0)])).toEqual([
    { execute: 'object-add', arguments: { 'qom-type': 'memory-backend-ram', id: 'memory0', size: 128 * MiB } },
    { execute: 'device_add', arguments: { driver: 'pc-dimm', id: 'dimm0', memdev: 'memory0', slot: 0, addr: 4 * GiB } },
    { execute: 'object-add', arguments: { 'qom-type': 'memory-backend-ram', id: 'memory1', size: 128 * MiB } },
    {
      execute: 'device_add',
      arguments: { driver: 'pc-dimm', id: 'dimm1', memdev: 'memory1', slot: 1, addr: 4 * GiB + 128 * MiB },
    },
  ]);
  expect(moduleCommandsOf([{ type: 'virtio-mem', data: { memdev: '/objects/m', size: 1, id: 'dimm0' } }])).toEqual([]);
  expect(moduleCommandsOf([{ type: 'dimm', data: { memdev: '/objects/m', size: 1, id: 'other' } }])).toEqual([]);
});

test('a run is noted with what is plugged in now', () => {
  const next = withDevices(run, [slot(3), plugged(2), plugged(1), first], [module(0)]);
  expect(next.hotplugged.slice(0, 2)).toEqual([cpuCommand(1), cpuCommand(2)]);
  expect(pluggedIds(next)).toEqual(['cpu1', 'cpu2', 'dimm0']);
  expect(next.retiredVcpus).toBeUndefined();
  // Once more: the same.
  expect(withDevices(next, [slot(3), plugged(2), plugged(1), first], [module(0)])).toEqual(next);
});

test('CPUs that went are counted, each once', () => {
  const before: Run = { ...run, hotplugged: [cpuCommand(1), cpuCommand(2)], retiredVcpus: 1 };
  const after = withDevices(before, [slot(3), slot(2), plugged(1), first], []);
  expect(after).toMatchObject({ hotplugged: [cpuCommand(1)], retiredVcpus: 2 });
  expect(withDevices(after, [slot(3), slot(2), plugged(1), first], []).retiredVcpus).toBe(2);
});

test('a CPU of the start that went is missing in the arguments of a restore, and counted once', () => {
  const smp = (cpus: number) => ['qemu', '-smp', `cpus=${cpus},maxcpus=4,sockets=1,cores=4,threads=1`, '-S'];
  const before: Run = { ...run, argv: smp(2) };
  expect(withDevices(before, [slot(3), slot(2), slot(1, '/machine/unattached/device[2]'), first], [])).toEqual(before);
  const after = withDevices(before, [slot(3), slot(2), slot(1), first], []);
  expect(after).toMatchObject({ argv: smp(1), retiredVcpus: 1, hotplugged: [] });
  expect(withDevices(after, [slot(3), slot(2), slot(1), first], [])).toEqual(after);
  // A machine type without CPU hotplug tells no places.
  expect(withDevices(before, [], [])).toEqual(before);
});

test('CPUs are plugged in from the first free place and let go from the last, never the first', () => {
  const started = slot(1, '/machine/unattached/device[2]');
  expect(planVcpus([slot(3), slot(2), started, first], 4)).toEqual({
    add: [cpuCommand(2), cpuCommand(3)],
    remove: [],
  });
  expect(planVcpus([slot(3), plugged(2), started, first], 1)).toEqual({
    add: [],
    remove: ['cpu2', '/machine/unattached/device[2]'],
  });
  expect(planVcpus([slot(3), slot(2), slot(1), first], 0)).toEqual({ add: [], remove: [] });
});

test('the emulator takes no CPU any more after one went', () => {
  const slots = [slot(3), slot(2), plugged(1), first];
  const under = (accel: string): Run => ({ ...run, argv: ['qemu', '-accel', accel], retiredVcpus: 1 });
  expect(freePlaces(slots, under('tcg'))).toBe(0);
  expect(freePlaces(slots, { ...under('tcg'), retiredVcpus: 0 })).toBe(2);
  expect(freePlaces(slots, under('kvm'))).toBe(2);
});

const ost = (device: string | undefined, source: number, status: number) => ({
  ...(device === undefined ? {} : { device }),
  source,
  status,
  slot: '0',
  'slot-type': 'DIMM',
});

test.each([
  ['taken up', [ost('dimm0', 1, 0)], { refused: [], silent: [] }],
  ['refused', [ost('dimm0', 1, 1)], { refused: ['dimm0'], silent: [] }],
  ['no answer yet', [ost('dimm0', 0, 0), ost(undefined, 1, 0)], { refused: [], silent: ['dimm0'] }],
  ['an answer to an earlier request to let go', [ost('dimm0', 3, 0)], { refused: [], silent: ['dimm0'] }],
])('the answer of a guest to a module: %s', (_title, answer, expected) => {
  expect(readAnswers(answer, ['dimm0'])).toEqual(expected);
});

test.each([
  ['a guest that uses little', 256, 200, 88],
  ['a guest that uses nearly all is not shrunk', 256, 20, 256],
  ['never below nothing', 16, 200, 0],
])('the least memory of %s', (_title, actual, available, least) => {
  expect(leastBytes(actual * MiB, available * MiB)).toBe(least * MiB);
});
