import { expect, test } from 'vitest';
import { shortAddress } from '../../../../../renderer/features/list/short-address.ts';

test.each([
  ['127.0.0.1:8443 → 443/tcp', ':8443 → 443'],
  ['127.0.0.1:5353 → 53/udp', ':5353 → 53/udp'],
  ['10.0.0.5:80 → 80/tcp', '10.0.0.5:80 → 80'],
  ['[::1]:80 → 80/tcp', '[::1]:80 → 80'],
  ['172.17.0.2', '172.17.0.2'],
  ['127.0.0.1', '127.0.0.1'],
  ['10.0.2.15 (inside)', '10.0.2.15 (inside)'],
])('%s is short: %s', (text, short) => {
  expect(shortAddress(text)).toBe(short);
});
