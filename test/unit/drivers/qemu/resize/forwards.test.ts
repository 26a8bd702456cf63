import { expect, test } from 'vitest';
import { forwardChanges, readUsernet } from '../../../../../drivers/qemu/resize/forwards.ts';

const rule = (hostPort: number, guestPort: number, hostAddress = '127.0.0.1') => ({
  protocol: 'tcp' as const,
  hostAddress,
  hostPort,
  guestPort,
});

test('reads what QEMU forwards, and not who is connected', () => {
  const text =
    'Hub -1 (net0):\r\n  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\r\n' +
    '  TCP[ESTABLISHED]   12      10.0.2.15    80       127.0.0.1 40000     0     0\r\n' +
    '  TCP[HOST_FORWARD]   3       127.0.0.1 18080       10.0.2.15    80     0     0\r\n' +
    '  UDP[HOST_FORWARD]  11         0.0.0.0    53       10.0.2.15    53     0     0\r\n';
  expect(readUsernet(text)).toEqual([rule(18080, 80), { ...rule(53, 53, '0.0.0.0'), protocol: 'udp' }]);
  expect(readUsernet('')).toEqual([]);
});

test.each([
  ['nothing to do', [rule(1000, 80)], [rule(1000, 80)], [], []],
  ['any port serves a wanted 0', [rule(4711, 80)], [rule(0, 80)], [], []],
  ['a new one', [rule(1000, 80)], [rule(1000, 80), rule(2000, 22)], [], [rule(2000, 22)]],
  ['one that goes', [rule(1000, 80), rule(2000, 22)], [rule(2000, 22)], [rule(1000, 80)], []],
  ['the same port to another place', [rule(1000, 80)], [rule(1000, 81)], [rule(1000, 80)], [rule(1000, 81)]],
  ['a number is not given away to a 0', [rule(1000, 80)], [rule(0, 80), rule(1000, 80)], [], [rule(0, 80)]],
  ['another address', [rule(1000, 80)], [rule(1000, 80, '0.0.0.0')], [rule(1000, 80)], [rule(1000, 80, '0.0.0.0')]],
])('%s', (_name, present, wanted, remove, add) => {
  expect(forwardChanges(present, wanted)).toEqual({ remove, add });
});
