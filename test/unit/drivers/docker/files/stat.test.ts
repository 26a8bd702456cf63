import { expect, test } from 'vitest';
import { parseStatLines } from '../../../../../drivers/docker/files/list.ts';
import { parsePathStat } from '../../../../../drivers/docker/files/stat.ts';
import { unseenMount } from '../../../../../drivers/docker/files/unseen.ts';

const header = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');
const common = { name: 'x', size: 5, mtime: '2026-01-02T03:04:05Z', linkTarget: '' };

test.each([
  ['a file', 0o644, 'file', 0o644],
  ['a directory', 2 ** 31 + 0o755, 'directory', 0o755],
  ['a directory with the sticky bit', 2 ** 31 + 2 ** 20 + 0o777, 'directory', 0o1777],
  ['a link', 2 ** 27 + 0o777, 'link', 0o777],
  ['a program with setuid', 2 ** 23 + 0o755, 'file', 0o4755],
  ['a pipe', 2 ** 25 + 0o600, 'other', 0o600],
  ['a character device', 2 ** 26 + 2 ** 21 + 0o666, 'other', 0o666],
])('the engine tells %s', (_what, mode, kind, bits) => {
  expect(parsePathStat(header({ ...common, mode }))).toEqual({
    name: 'x',
    kind,
    sizeBytes: 5,
    modifiedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
    mode: bits,
  });
});

test('where a link leads, and an answer that is none', () => {
  expect(parsePathStat(header({ ...common, mode: 2 ** 27, linkTarget: '/etc' })).target).toBe('/etc');
  expect(() => parsePathStat('%%%')).toThrow('nothing readable');
  expect(() => parsePathStat(undefined)).toThrow('nothing readable');
});

test('entries as stat prints them, whatever their names hold; what lies elsewhere is passed over', () => {
  const text = [
    '81a4 12 1700000000 /data/a b',
    '41ed 4096 1700000000 /data/dir',
    'a1ff 3 1700000000 /data/link',
    '1180 0 1700000000 /data/pipe',
    '81a4 5 1700000000 /data/two\nlines',
    '81a4 6 1700000000 /data/x\n81a4 7 1 /data/forged',
    '81a4 1 1700000000 /data/deeper/file',
    '81a4 1 1700000000 /elsewhere',
    'no entry',
  ];
  const told = text.map((one) => `${one}///\n`).join('');
  expect(parseStatLines(told, '/data').map((one) => [one.name, one.kind, one.sizeBytes, one.mode])).toEqual([
    ['a b', 'file', 12, 0o644],
    ['dir', 'directory', 4096, 0o755],
    ['link', 'link', 3, 0o777],
    ['pipe', 'other', 0, 0o600],
    ['two\nlines', 'file', 5, 0o644],
  ]);
  expect(parseStatLines('41ed 4096 1700000000 //bin///\n', '/').map((one) => one.name)).toEqual(['bin']);
});

const info = {
  HostConfig: { Tmpfs: { '/run': '' } },
  Mounts: [
    { Type: 'tmpfs', Destination: '/mem' },
    { Type: 'volume', Destination: '/mem/kept' },
    { Type: 'bind', Destination: '/dev/folder' },
  ],
} as unknown as Parameters<typeof unseenMount>[0];
test.each([
  ['/', null],
  ['/memory', null],
  ['/mem', '/mem'],
  ['/mem/a/b', '/mem'],
  ['/mem/kept/a', null],
  ['/run/a', '/run'],
  ['/proc/1/status', '/proc'],
  ['/dev/shm/a', '/dev'],
  ['/dev/folder/a', null],
])('the mount that hides %s from the engine is %s', (path, at) => {
  expect(unseenMount(info, path)?.at ?? null).toBe(at);
});
