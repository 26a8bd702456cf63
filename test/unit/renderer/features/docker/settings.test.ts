import { describe, expect, it } from 'vitest';
import { dockerSettingsSchema } from '../../../../../drivers/docker/settings.ts';
import { errorAt, errorOfList, isUntouched, settingError } from '../../../../../renderer/features/docker/form-error.ts';
import { sectionOf, sections, setIn } from '../../../../../renderer/features/docker/sections.ts';
import { sameJson, withValue } from '../../../../../renderer/features/docker/settings.ts';
import { envText, joinWords, parseEnv, parseNames, splitWords } from '../../../../../renderer/features/docker/words.ts';

it('every setting of the driver has its place in the form', () => {
  // The last is the engine's own words: they are kept, and shown as JSON alone.
  const always = ['endpoint', 'image', 'command', 'env', 'mounts', 'ports', 'engineOptions'];
  const placed = [...always, ...Object.values(sections).flat()].toSorted();
  expect(placed).toEqual(Object.keys(dockerSettingsSchema.shape).toSorted());
});

describe('what is set in a section', () => {
  const complete = dockerSettingsSchema.parse({ image: 'x' });
  it.each(Object.keys(sections) as (keyof typeof sections)[])('nothing in %s by default', (name) => {
    expect(setIn(name, complete)).toEqual([]);
  });
  it('counts what differs', () => {
    const settings = { ...complete, tty: true, user: 'app', ulimits: [{}], logDriver: 'none' };
    expect([setIn('process', settings), setIn('limits', settings), setIn('log', settings)]).toEqual([
      ['user', 'tty'],
      ['ulimits'],
      ['logDriver'],
    ]);
  });
});

it.each([
  ['mounts.0.target', null],
  ['ulimits.1.soft', 'limits'],
  ['healthCheck.retries', 'health'],
])('%s lies in %s', (path, section) => {
  expect(sectionOf(path)).toBe(section);
});

it.each([
  ['nothing', undefined, { b: 1 }],
  ['null', null, { b: 1 }],
  ['empty text', '', { b: 1 }],
  ['no', false, { a: false, b: 1 }],
  ['a list', [], { a: [], b: 1 }],
])('%s as a value', (_, value, expected) => {
  expect(withValue({ a: 5, b: 1 }, 'a', value)).toEqual(expected);
});

it.each([
  [{ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 }, true],
  [{ a: [1, 2] }, { a: [2, 1] }, false],
  [{}, null, false],
])('%j and %j are the same: %s', (left, right, same) => {
  expect(sameJson(left, right)).toBe(same);
});

describe('an error of the host', () => {
  const error = (details: Record<string, unknown>) =>
    settingError({ code: 'invalid_spec', message: 'web: all of it', retryable: false, details });
  it('names its field', () => {
    expect(error({ field: 'settings.mounts.1.target', why: 'A path is absolute.' })).toEqual({
      path: 'mounts.1.target',
      why: 'A path is absolute.',
    });
    expect(error({ field: 'settings.user' })?.why).toBe('web: all of it');
    expect(error({ field: 'name' })).toBeNull();
    expect(error({})).toBeNull();
  });
  const at = { path: 'mounts.1.target', why: 'no' };
  it.each([
    ['mounts.1.target', 'no'],
    ['mounts.1', 'no'],
    ['mounts.10.target', null],
    ['mounts', 'no'],
    ['ports', null],
  ])('at %s', (path, words) => {
    expect(errorAt(at, path)).toBe(words);
  });
  it('of a whole list or entry stands below the list', () => {
    expect(errorOfList({ path: 'mounts', why: 'many' }, 'mounts')).toBe('many');
    expect(errorOfList({ path: 'mounts.3', why: 'odd' }, 'mounts')).toBe('odd');
  });
  it.each([
    [{ mounts: [{ target: '' }] }, 'mounts.0.target', true],
    [{ mounts: [{ target: 'x' }] }, 'mounts.0.target', false],
    [{ mounts: [] }, 'mounts.0.target', true],
    [{ ports: [{ hostPort: 80 }] }, 'ports.0.containerPort', true],
    [{ aliases: ['a'] }, 'aliases', false],
  ])('in %j at %s is left out while nothing was typed: %s', (settings, path, untouched) => {
    expect(isUntouched(settings, path)).toBe(untouched);
  });
});

it.each([[[]], [['sh', '-c', 'echo "a b"; true']], [["it's", 'a\\b', '', '"']], [['\'"\\']]])(
  'words %j survive as text',
  (words) => {
    expect(splitWords(joinWords(words))).toEqual(words);
  },
);

it('variables and names survive as text', () => {
  const env = { A: '1', B: 'x=y ', C: '' };
  expect(parseEnv(envText(env))).toEqual(env);
  expect(parseNames(' NET_ADMIN, SYS_TIME\nKILL ')).toEqual(['NET_ADMIN', 'SYS_TIME', 'KILL']);
});
