import { expect, test } from 'vitest';
import { addressesOf, forwardsOf } from '../../../../../drivers/qemu/lifecycle/addresses.ts';
import { askDiskError, createReportedErrors } from '../../../../../drivers/qemu/lifecycle/disk-error.ts';
import { takeEvent } from '../../../../../drivers/qemu/lifecycle/events.ts';
import { newLiveState } from '../../../../../drivers/qemu/lifecycle/live.ts';
import { statusOf } from '../../../../../drivers/qemu/lifecycle/status.ts';

import type { QmpClient } from '../../../../../drivers/qemu/qmp/types.ts';

const event = (name: string, data: Record<string, unknown> = {}) => ({ event: name, data, timestampMs: 0 });

test('fault 22: a full disk pauses with what to do; another disk error says which', () => {
  const state = newLiveState();
  takeEvent(state, event('BLOCK_IO_ERROR', { action: 'stop', nospace: true, operation: 'write', reason: 'x' }), '/d');
  expect(state.ioError?.attention).toBe('Free space where /d lies, then resume. Nothing is lost.');
  takeEvent(state, event('BLOCK_IO_ERROR', { action: 'stop', nospace: false, operation: 'read', reason: 'EIO' }), '/d');
  expect(state.ioError?.reason).toContain('failed to read: EIO');
  const other = newLiveState();
  takeEvent(other, event('BLOCK_IO_ERROR', { action: 'report', nospace: false }), '/d');
  expect(other.ioError).toBeNull();
});

const ioError = (data: Record<string, unknown>) =>
  event('BLOCK_IO_ERROR', { operation: 'write', reason: 'EIO', ...data });

test('fault 26: an error that is left to the guest is told, once a minute for each disk; one that pauses is not', () => {
  const told = createReportedErrors();
  expect(told(ioError({ action: 'report', device: '', 'node-name': 'l1' }), 0)).toBe(
    'I/O error: a disk (l1) failed to write: EIO. The guest was told. Look at the disk that holds its image.',
  );
  expect(told(ioError({ action: 'report', 'node-name': 'l1' }), 59_000)).toBeNull();
  expect(told(ioError({ action: 'report', 'node-name': 'l2' }), 59_000)).toContain('(l2)');
  expect(told(ioError({ action: 'report', 'node-name': 'l1' }), 61_000)).toContain('(l1)');
  expect(told(ioError({ action: 'ignore' }), 61_000)).toContain('The guest was not told.');
  expect(told(ioError({ action: 'stop' }), 61_000)).toBeNull();
  expect(told(event('STOP'), 61_000)).toBeNull();
});

test.each([
  [['ok', 'nospace'], 'full'],
  [['failed'], 'could not be read or written'],
  [['ok', undefined], null],
])('fault 22: a pause whose event nobody heard is asked for: %j', async (statuses, expected) => {
  const client = { execute: async () => statuses.map((status) => ({ 'io-status': status })) } as unknown as QmpClient;
  const found = await askDiskError(client, '/d');
  expect(found?.reason ?? null).toEqual(expected === null ? null : expect.stringContaining(expected));
});

test('events ask for the truth; a short stop of a snapshot is waited out', () => {
  const state = newLiveState();
  expect(takeEvent(state, event('STOP'), '')).toBeGreaterThan(0);
  expect(takeEvent(state, event('RESUME'), '')).toBe(0);
  expect(takeEvent(state, event('NEVER_HEARD_OF'), '')).toBeNull();
  takeEvent(state, event('SHUTDOWN', { reason: 'guest-shutdown' }), '');
  takeEvent(state, event('GUEST_PANICKED'), '');
  expect(state).toMatchObject({ shutdown: 'guest-shutdown', panicked: true });
  takeEvent(state, event('RESET'), '');
  expect(state.panicked).toBe(false);
});

test('a reset by the watchdog is told from any other', () => {
  const state = newLiveState();
  expect(takeEvent(state, event('WATCHDOG', { action: 'reset' }), '')).toBe(0);
  takeEvent(state, event('RESET'), '');
  expect(state).toMatchObject({ watchdog: null, watchdogReset: true });
  takeEvent(state, event('RESET'), '');
  expect(state.watchdogReset).toBe(false);
  takeEvent(state, event('WATCHDOG', { action: 'poweroff' }), '');
  expect(state.watchdog).toBe('poweroff');
});

test.each([
  ['watchdog', 'paused'],
  ['running', 'running'],
  ['paused', 'paused'],
  ['inmigrate', 'starting'],
  ['postmigrate', 'paused'],
  ['io-error', 'paused'],
  ['internal-error', 'paused'],
  ['guest-panicked', 'crashed'],
  ['shutdown', 'stopping'],
  ['something-new', 'unknown'],
])('the status %s is %s', (status, phase) => {
  expect(statusOf(status).phase).toBe(phase);
});

test('addresses come from the arguments of the run', () => {
  const netdev = {
    type: 'user',
    id: 'net0',
    hostfwd: [{ str: 'tcp:127.0.0.1:8080-:80' }, { str: 'udp:0.0.0.0:53-:53' }],
  };
  const argv = ['qemu', '-netdev', JSON.stringify(netdev)];
  expect(addressesOf(forwardsOf(argv), ['10.0.2.15'])).toEqual([
    { kind: 'port', text: '127.0.0.1:8080 → 80/tcp', url: 'http://127.0.0.1:8080/' },
    { kind: 'port', text: '0.0.0.0:53 → 53/udp' },
    { kind: 'ip', text: '10.0.2.15 (inside)' },
  ]);
  expect(forwardsOf(['qemu', '-netdev', 'user,id=net0,hostfwd=tcp:127.0.0.1:22-:2222'])).toEqual([
    { protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 22, guestPort: 2222 },
  ]);
  expect(forwardsOf(['qemu'])).toEqual([]);
});
