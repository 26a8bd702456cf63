import { expect, test } from 'vitest';
import { isOwnPage, isWebAddress } from '../../../../electron/desktop/origin.ts';

test.each([
  ['app://novacron/index.html', true],
  ['app://novacron/#/all', true],
  ['app://novacron.evil/index.html', false],
  ['app://user@novacron/', false],
  ['https://novacron/', false],
  ['file:///app/novacron', false],
  ['', false],
])('own page %s: %s', (url, expected) => {
  expect(isOwnPage(url)).toBe(expected);
});

test.each([
  ['APP://NOVACRON/index.html', true],
  ['app://novacron./index.html', true],
  ['app://novacron/./a/../index.html', true],
  ['app://novacron%2e/index.html', false],
  ['app://novacron:80/index.html', false],
  ['app://novacron..evil/index.html', false],
])('fault 62: own page, spelled another way %s: %s', (url, expected) => {
  expect(isOwnPage(url)).toBe(expected);
});

test.each([
  ['https://example.org', true],
  ['http://127.0.0.1:8080/', true],
  ['file:///etc/passwd', false],
  ['javascript:alert(1)', false],
  ['smb://host/share', false],
  ['ms-msdt:/id', false],
])('may be offered to the browser %s: %s', (url, expected) => {
  expect(isWebAddress(url)).toBe(expected);
});
