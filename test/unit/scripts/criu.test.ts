import { describe, expect, it } from 'vitest';
import { criuDirectory, criuMajor, debianArchives } from '../../../scripts/setup/criu.ts';

describe('the CRIU of the tests', () => {
  it("takes Debian's archives from what apt knows, once each, and no others", () => {
    const text = [
      'http://mirror.example/debian/',
      'http://mirror.example/debian/',
      'http://security.example/debian-security/',
      'https://packages.example/node_20.x',
      '',
    ].join('\n');
    expect(debianArchives(text)).toEqual(['http://mirror.example/debian/']);
  });

  it.each([
    ['Version: 4.2.1\n', 4],
    ['Version: 3.17.1\nGitID: v3', 3],
    ['nothing', 0],
  ])('reads the version of %j', (text, major) => {
    expect(criuMajor(text)).toBe(major);
  });

  it('keeps it outside of the checkout', () => {
    expect(criuDirectory({ XDG_CACHE_HOME: '/c' })).toBe('/c/novacron-tests/criu');
  });
});
