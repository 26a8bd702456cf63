import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasCookie, isOwnOrigin, namesOf, readToken, sameToken } from '../../../../electron/server/auth.ts';
import { fileFor } from '../../../../electron/server/files.ts';

const request = (headers: Record<string, string>): IncomingMessage => ({ headers }) as unknown as IncomingMessage;

describe('own origin', () => {
  it.each([
    [{ host: '127.0.0.1:80' }, true],
    [{ host: 'localhost:80', origin: 'http://localhost:80' }, true],
    [{ host: 'LOCALHOST:80' }, true],
    [{ host: 'localhost:81' }, false],
    [{ host: 'evil.example:80' }, false],
    [{ host: '127.0.0.1:80', origin: 'http://evil.example' }, false],
    [{ host: '127.0.0.1:80', origin: 'null' }, false],
    [{ host: '127.0.0.1:80', origin: 'https://127.0.0.1:80' }, false],
    [{}, false],
  ])('%j: %s', (headers, own) => {
    expect(isOwnOrigin(request(headers as Record<string, string>), 80, namesOf('127.0.0.1'))).toBe(own);
  });
});

describe('fault 62: a policy spelled another way decides the same', () => {
  const own = (host: string, origin?: string): boolean =>
    isOwnOrigin(request(origin === undefined ? { host } : { host, origin }), 8080, namesOf('127.0.0.1'));

  it.each([
    'localhost:8080',
    'LocalHost.:8080',
    '127.0.0.1:8080',
    '127.1:8080',
    '0x7f.0.0.1:8080',
    '2130706433:8080',
    '127.0.0.1.:8080',
    '[::1]:8080',
    '[0:0:0:0:0:0:0:1]:8080',
  ])('fault 62: %s is ours, as host and as origin', (host) => {
    expect([own(host), own('localhost:8080', `http://${host}`), own('localhost:8080', `HTTP://${host}`)]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it.each([
    'localhost',
    'localhost:80',
    'localhost..:8080',
    '127.0.0.2:8080',
    '128.1:8080',
    '[::2]:8080',
    'localhost.evil.example:8080',
    'evil.example:8080',
    'user@localhost:8080',
    'localhost:8080@evil.example:8080',
    'localhost:8080/',
    'localhost:8080\\evil.example',
    ' localhost:8080',
    '',
  ])('fault 62: %s is not, as host and as origin', (host) => {
    expect([own(host), own('localhost:8080', `http://${host}`)]).toEqual([false, false]);
  });
});

describe('token', () => {
  it('is made once, for its owner alone', () => {
    const directory = mkdtempSync(join(tmpdir(), 'nova-token-'));
    try {
      const token = readToken(directory);
      expect(token).toMatch(/^[A-Za-z0-9_-]{40,}$/);
      expect(readToken(directory)).toBe(token);
      expect(statSync(join(directory, 'token')).mode & 0o777).toBe(0o600);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('is compared whole', () => {
    expect(sameToken('abc', 'abc')).toBe(true);
    expect(sameToken('ab', 'abc')).toBe(false);
    expect(sameToken('', 'abc')).toBe(false);
  });

  it.each([
    ['novacron-80=T', true],
    ['a=b; novacron-80=T', true],
    ['novacron-80=X', false],
    ['xnovacron-80=T', false],
    ['', false],
  ])('cookie %s: %s', (cookie, good) => {
    expect(hasCookie(request({ cookie }), 80, 'T')).toBe(good);
  });
});

describe('files of the page', () => {
  const root = mkdtempSync(join(tmpdir(), 'nova-page-'));
  const page = join(root, 'page');
  beforeAll(() => {
    mkdirSync(join(page, 'assets'), { recursive: true });
    writeFileSync(join(page, 'index.html'), 'index');
    writeFileSync(join(page, 'assets', 'a.js'), 'script');
    writeFileSync(join(page, 'x.exe'), 'other');
    writeFileSync(join(root, 'secret.html'), 'secret');
    symlinkSync(join(root, 'secret.html'), join(page, 'link.html'));
    symlinkSync(root, join(page, 'out'));
    symlinkSync(join(page, 'index.html'), join(page, 'inside.html'));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it.each([
    ['/', 'index.html'],
    ['/index.html', 'index.html'],
    ['/assets/a.js', 'assets/a.js'],
    ['/assets/%61.js', 'assets/a.js'],
    ['/./assets//a.js', 'assets/a.js'],
    ['/assets/../index.html', 'index.html'],
    ['/inside.html', 'inside.html'],
  ])('%s is %s', (path, file) => {
    expect(fileFor(page, path)?.file).toBe(join(page, file));
  });

  it.each([
    '/../secret.html',
    '/%2e%2e/secret.html',
    '/assets/..%2f..%2fsecret.html',
    '/index.html\0.js',
    '/%ff',
    '/missing.html',
    '/assets',
    '/x.exe',
    '/link.html',
    '/out/secret.html',
    '/./out/./secret.html',
    '/assets/.././../secret.html',
  ])('fault 62: has none for %j', (path) => {
    expect(fileFor(page, path)).toBeNull();
  });
});
