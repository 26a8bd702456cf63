import { describe, expect, test } from 'vitest';
import { resolveDirectories } from '../../../../electron/host/directories.ts';

describe('resolveDirectories', () => {
  test.each([
    [
      'NOVACRON_HOME holds everything',
      { NOVACRON_HOME: '/n', HOME: '/home/u', XDG_DATA_HOME: '/x' },
      { data: '/n/data', runtime: '/n/run', cache: '/n/cache' },
    ],
    [
      'XDG directories',
      { HOME: '/home/u', XDG_DATA_HOME: '/d', XDG_CACHE_HOME: '/c', XDG_RUNTIME_DIR: '/run/user/1' },
      { data: '/d/novacron', runtime: '/run/user/1/novacron', cache: '/c/novacron' },
    ],
    [
      'defaults under HOME; relative XDG values are ignored',
      { HOME: '/home/u', XDG_DATA_HOME: 'd', XDG_RUNTIME_DIR: '/run/user/1' },
      {
        data: '/home/u/.local/share/novacron',
        runtime: '/run/user/1/novacron',
        cache: '/home/u/.cache/novacron',
      },
    ],
  ])('%s', (_, env, expected) => {
    expect(resolveDirectories(env)).toEqual(expected);
  });

  test('fault 64: a long home gives a short runtime directory of its own', () => {
    const long = `/home/${'x'.repeat(200)}`;
    const one = resolveDirectories({ NOVACRON_HOME: `${long}/a` });
    const two = resolveDirectories({ NOVACRON_HOME: `${long}/b` });
    expect(Buffer.byteLength(one.runtime)).toBeLessThan(60);
    expect(one.runtime).not.toBe(two.runtime);
    expect(resolveDirectories({ NOVACRON_HOME: `${long}/a` })).toEqual(one);
    expect(one.data).toBe(`${long}/a/data`);
  });
});
