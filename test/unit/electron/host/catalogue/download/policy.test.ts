import { describe, expect, test } from 'vitest';
import { checkUrl, isPublicAddress, publicHttps } from '../../../../../../electron/host/catalogue/download/policy.ts';

describe('isPublicAddress', () => {
  test.each([
    ['1.1.1.1', true],
    ['151.101.2.132', true],
    ['2a04:4e42::644', true],
    ['127.0.0.1', false],
    ['10.1.2.3', false],
    ['172.16.0.1', false],
    ['172.32.0.1', true],
    ['192.168.1.1', false],
    ['169.254.169.254', false],
    ['100.64.0.1', false],
    ['0.0.0.0', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
    ['::1', false],
    ['::', false],
    ['fe80::1', false],
    ['fd00::1', false],
    ['ff02::1', false],
    ['::ffff:127.0.0.1', false],
    ['::ffff:1.1.1.1', false],
    ['64:ff9b::a00:1', false],
    ['2002:7f00:1::', false],
    ['2001:db8::1', false],
    ['example.org', false],
    ['', false],
  ])('%s: %s', (address, expected) => {
    expect(isPublicAddress(address)).toBe(expected);
  });
});

describe('checkUrl', () => {
  test.each([
    'http://example.org/a',
    'file:///etc/passwd',
    'data:text/plain,x',
    'https://user:secret@example.org/',
    'https://127.0.0.1/',
    'https://[::1]/',
    // Spellings that the URL parser turns into 127.0.0.1.
    'https://2130706433/',
    'https://0x7f.1/',
  ])('fault 58: %s is refused', (address) => {
    expect(() => {
      checkUrl(new URL(address), publicHttps);
    }).toThrow(/refused/);
  });

  test('a password is not repeated in the error', () => {
    expect(() => {
      checkUrl(new URL('https://user:secret@example.org/'), publicHttps);
    }).not.toThrow(/secret/);
  });

  test('https to a public name passes', () => {
    checkUrl(new URL('https://example.org/image.qcow2'), publicHttps);
  });
});
