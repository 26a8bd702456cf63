import { expect, test } from 'vitest';
import type { Run } from '../../../../../drivers/qemu/machine/record.ts';
import { readAnswers } from '../../../../../drivers/qemu/resize/answers.ts';
import { moduleCommandsOf, pluggedIds, withDevices } from '../../../../../drivers/qemu/resize/devices.ts';
import { leastBytes } from '../../../../../drivers/qemu/resize/squeeze.ts';
import type { CpuSlot } from '../../../../../drivers/qemu/resize/vcpus.ts';
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
