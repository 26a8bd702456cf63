import { expect, test } from 'vitest';
import { adaptArguments } from '../../../../../drivers/qemu/plan/adapt.ts';

const device = (id: string, drive: string, extra: object = {}) =>
  JSON.stringify({ driver: 'virtio-blk-pci', id, drive, ...extra });

test('devices of the saved machine, disks and sockets of now', () => {
  const saved = [
    '/old/qemu',
    '-nodefaults',
    '-machine',
    'type=pc-q35-7.2',
    '-m',
    'size=1B',
    '-append',
    '-looks-like-an-option',
    '-chardev',
    'socket,id=qmp0,path=/old',
    '-blockdev',
    '{"old":1}',
    '-device',
    device('disk0', 'old-node', { serial: 'disk0' }),
    '-device',
    '{"driver":"pvpanic","id":"panic0"}',
  ];
  const fresh = [
    '/new/qemu',
    '-nodefaults',
    '-machine',
    'type=pc-q35-9.0',
    '-m',
    'size=2B',
    '-chardev',
    'socket,id=qmp0,path=/new',
    '-blockdev',
    '{"new":1}',
    '-device',
    device('disk0', 'new-node'),
  ];
  expect(adaptArguments(saved, fresh, '/now')).toEqual([
    '/new/qemu',
    '-chardev',
    'socket,id=qmp0,path=/new',
    '-blockdev',
    '{"new":1}',
    '-nodefaults',
    '-machine',
    'type=pc-q35-7.2',
    '-m',
    'size=1B',
    '-append',
    '-looks-like-an-option',
    '-device',
    device('disk0', 'new-node', { serial: 'disk0' }),
    '-device',
    '{"driver":"pvpanic","id":"panic0"}',
  ]);
});

test('what a device that was switched off since speaks through stays with it', () => {
  const port = '{"driver":"virtserialport","id":"agentport0","chardev":"agent0"}';
  const saved = [
    'qemu',
    '-chardev',
    'socket,id=qmp0,path=/old',
    '-chardev',
    'socket,id=agent0,path=/a',
    '-device',
    port,
  ];
  const fresh = ['qemu', '-chardev', 'socket,id=qmp0,path=/new'];
  expect(adaptArguments(saved, fresh, '/now')).toEqual([
    'qemu',
    '-chardev',
    'socket,id=qmp0,path=/new',
    '-chardev',
    'socket,id=agent0,path=/a',
    '-device',
    port,
  ]);
});

test('a watchdog does what it is to do now, and what it did then where there is none now', () => {
  const dog = ['-device', '{"driver":"i6300esb","id":"watchdog0"}'];
  const saved = ['qemu', ...dog, '-action', 'watchdog=reset'];
  expect(adaptArguments(saved, ['qemu', ...dog, '-action', 'watchdog=pause'], '/now')).toEqual([
    'qemu',
    '-action',
    'watchdog=pause',
    ...dog,
  ]);
  expect(adaptArguments(saved, ['qemu'], '/now')).toEqual(saved);
});

test('a machine that was saved with UEFI keeps its chips when it has BIOS now, and has its new ones else', () => {
  const flash = (name: string, path: string): string[] => [
    '-blockdev',
    JSON.stringify({ 'node-name': name, file: { filename: path } }),
  ];
  const chips = (path: string): string[] => [...flash('firmware', path), ...flash('nvram', path)];
  const machine = ['-machine', 'type=pc-q35-7.2,pflash0=firmware,pflash1=nvram'];
  const saved = ['/old/qemu', ...machine, ...chips('/then')];
  // Its variables may stand elsewhere since.
  const kept = adaptArguments(saved, ['/new/qemu', '-machine', 'type=q35'], '/now');
  expect(kept.slice(0, -1)).toEqual(['/new/qemu', ...machine, ...flash('firmware', '/then'), '-blockdev']);
  expect(JSON.parse(kept.at(-1) ?? '')).toMatchObject({ 'node-name': 'nvram', file: { filename: '/now' } });
  expect(adaptArguments(saved, ['/new/qemu', ...machine, ...chips('/now')], '/now')).toEqual([
    '/new/qemu',
    ...chips('/now'),
    ...machine,
  ]);
});
