import { expect, test } from 'vitest';
import {
  classifyEnd,
  type EndFacts,
  readableLog,
  shutdownInLog,
  watchdogInLog,
} from '../../../../../drivers/qemu/lifecycle/end.ts';

const nothing: EndFacts = {
  expected: null,
  shutdown: null,
  panicked: false,
  watchdog: 'no',
  exit: null,
  outOfMemory: false,
  log: [],
};
const killed = { code: null, signal: 'SIGKILL' };

test.each<[string, Partial<EndFacts>, 'stopped' | 'crashed', RegExp]>([
  ['we ended it', { expected: 'Forced off.', exit: { code: null, signal: 'SIGKILL' } }, 'stopped', /^Forced off\.$/],
  ['the guest shut down', { shutdown: 'guest-shutdown', exit: { code: 0, signal: null } }, 'stopped', /by the guest/],
  ['quit by a monitor', { shutdown: 'host-qmp-quit' }, 'stopped', /monitor/],
  ['SIGTERM', { shutdown: 'host-signal' }, 'stopped', /SIGTERM/],
  ['a panic', { panicked: true, shutdown: 'guest-shutdown' }, 'crashed', /kernel panicked/],
  ['a panic by its cause', { shutdown: 'guest-panic' }, 'crashed', /kernel panicked/],
  ['a watchdog', { watchdog: 'yes', exit: { code: 0, signal: null } }, 'crashed', /^The guest's watchdog ran out and/],
  ['a watchdog, unheard', { watchdog: 'perhaps', exit: { code: 0, signal: null } }, 'crashed', /^The guest's watchdog/],
  ['a watchdog, unseen', { watchdog: 'perhaps' }, 'crashed', /unexpectedly, perhaps powered off by .* watchdog\.$/],
  ['killed beside a watchdog', { watchdog: 'perhaps', exit: killed }, 'crashed', /killed \(SIGKILL\)/],
  ['shut down beside a watchdog', { watchdog: 'perhaps', shutdown: 'guest-shutdown' }, 'stopped', /by the guest/],
  ['killed', { exit: { code: null, signal: 'SIGKILL' } }, 'crashed', /killed \(SIGKILL\)/],
  ['fault 52: killed for memory', { exit: killed, outOfMemory: true }, 'crashed', /^Killed: out of memory/],
  ['fault 52: killed for memory, unseen', { outOfMemory: true }, 'crashed', /^Killed: out of memory/],
  ['an end beside one for memory', { exit: { code: 1, signal: null }, outOfMemory: true }, 'crashed', /exit code 1/],
  ['aborted', { exit: { code: null, signal: 'SIGABRT' }, log: ['Assertion'] }, 'crashed', /SIGABRT: Assertion/],
  ['an exit code', { exit: { code: 1, signal: null }, log: ['bad', 'worse'] }, 'crashed', /exit code 1: worse/],
  ['nobody saw it', { log: ['last words'] }, 'crashed', /unexpectedly: last words/],
  ['nothing at all', {}, 'crashed', /unexpectedly\.$/],
])('%s', (_title, facts, phase, reason) => {
  const end = classifyEnd({ ...nothing, ...facts });
  expect(end.phase).toBe(phase);
  expect(end.reason).toMatch(reason);
});

test('a newer QEMU says in its log that a watchdog powered it off', () => {
  expect(watchdogInLog(['watchdog_perform_action action=2'])).toBe(true);
  expect(watchdogInLog(['watchdog_perform_action action=0', 'x'])).toBe(false);
  expect(readableLog(['watchdog_perform_action action=2'])).toEqual([]);
});

test('the cause of the last shutdown is read from the trace, which people do not see', () => {
  const log = [
    'qemu-system-x86_64: warning: x',
    'qemu_system_shutdown_request reason=7',
    '12@34.5:qemu_system_shutdown_request reason=6',
  ];
  expect(shutdownInLog(log)).toBe('guest-shutdown');
  expect(shutdownInLog(['qemu-system-x86_64: terminating on signal 15 from pid 1 (x)'])).toBe('host-signal');
  expect(shutdownInLog(['reason=6'])).toBeNull();
  expect(shutdownInLog(['qemu_system_shutdown_request reason=99'])).toBeNull();
  expect(readableLog(log)).toEqual(['qemu-system-x86_64: warning: x']);
});
