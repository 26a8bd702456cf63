import { expect, test } from 'vitest';
import { execArguments } from '../../../../../drivers/qemu/agent/exec.ts';
import { readNetwork } from '../../../../../drivers/qemu/agent/network.ts';

test('the network of a guest: no loopback, no link-local, nothing that is no address', () => {
  const answer = [
    {
      name: 'lo',
      'ip-addresses': [{ 'ip-address': '127.0.0.1', 'ip-address-type': 'ipv4' }],
      statistics: { 'rx-bytes': 9, 'tx-bytes': 9 },
    },
    {
      name: 'eth0',
      'ip-addresses': [
        { 'ip-address': '10.0.2.15', 'ip-address-type': 'ipv4', prefix: 24 },
        { 'ip-address': 'fe80::1', 'ip-address-type': 'ipv6' },
        { 'ip-address': 'fec0::5054', 'ip-address-type': 'ipv6' },
        { 'ip-address': '<b>1</b>', 'ip-address-type': 'ipv4' },
      ],
      statistics: { 'rx-bytes': 100, 'tx-bytes': 50, 'rx-errs': 0 },
    },
    { name: 'eth1', statistics: { 'rx-bytes': 1, 'tx-bytes': -5 } },
  ];
  expect(readNetwork(answer)).toEqual({ addresses: ['10.0.2.15', 'fec0::5054'], rxBytes: 101, txBytes: 50 });
  expect(readNetwork('no')).toBeNull();
});

test.each([
  [{ command: ['ls', '-l'] }, { path: 'ls', arg: ['-l'], 'capture-output': true }],
  [
    { command: ['ls', 'a b'], workingDirectory: '/x y' },
    {
      path: '/bin/sh',
      arg: ['-c', 'cd "$1" && shift && exec "$@"', 'sh', '/x y', 'ls', 'a b'],
      'capture-output': true,
    },
  ],
])('the agent’s arguments of %j', (options, expected) => {
  expect(execArguments({ tty: false, ...options }, new Uint8Array())).toEqual(expected);
});

test('input, environment, and what the agent can’t do', () => {
  const given = execArguments({ tty: false, command: ['cat'], env: { A: 'b=c' } }, Buffer.from('hi'));
  expect(given).toMatchObject({ 'input-data': 'aGk=', env: [expect.stringMatching(/^PATH=/), 'A=b=c'] });
  expect(() => execArguments({ tty: true, command: ['sh'] }, new Uint8Array())).toThrow(/no terminal/);
  expect(() => execArguments({ tty: false, command: ['id'], user: 'me' }, new Uint8Array())).toThrow(/own user/);
});
