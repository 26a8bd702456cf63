import { expect, test } from 'vitest';
import {
  childPath,
  modeText,
  parentPath,
  steps,
  typedPath,
} from '../../../../../../renderer/features/workload/files/paths.ts';
import { shownValue, valueAt } from '../../../../../../renderer/features/workload/settings/changes.ts';

test('paths go down, up and by steps', () => {
  expect(childPath('/', 'a')).toBe('/a');
  expect(childPath('/a', 'b c')).toBe('/a/b c');
  expect(['/', '/a', '/a/b'].map(parentPath)).toEqual(['/', '/', '/a']);
  expect(steps('/a/b')).toEqual([
    { name: '/', path: '/' },
    { name: 'a', path: '/a' },
    { name: 'b', path: '/a/b' },
  ]);
});

test.each([
  ['', '/'],
  [' var/log ', '/var/log'],
  ['//a/./b/', '/a/b'],
  ['/a/../b', null],
])('the typed path %j is %j', (text, path) => {
  expect(typedPath(text)).toBe(path);
});

test.each([
  [0o644, 'rw-r--r--'],
  [0o1777, 'rwxrwxrwx'],
  [0, '---------'],
])('mode %i is shown as %s', (mode, text) => {
  expect(modeText(mode)).toBe(text);
});

test('values of a change are found and shown in one line', () => {
  const spec = { settings: { ports: [{ hostPort: 0, containerPort: 80 }], env: { A: '1' }, tty: false }, notes: '' };
  expect(shownValue(valueAt(spec, 'settings.ports'))).toBe('hostPort=0 containerPort=80');
  expect(shownValue(valueAt(spec, 'settings.env'))).toBe('A=1');
  expect(shownValue(valueAt(spec, 'settings.tty'))).toBe('false');
  expect(shownValue(valueAt(spec, 'notes'))).toBeNull();
  expect(valueAt(spec, 'settings.nothing.more')).toBeUndefined();
  expect(valueAt(spec, 'toString')).toBeUndefined();
});
