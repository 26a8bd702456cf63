import { describe, expect, it } from 'vitest';
import { plain } from '../../../../electron/cli/plain.ts';
import { createTextFinder } from '../../../../electron/cli/text-finder.ts';

describe('text finder', () => {
  it.each([
    [['login: '], true],
    [['lo', 'gin', ': '], true],
    [['log', 'log', 'login:', ' x'], true],
    [['l', 'o', 'g', 'i', 'n', ':', ' '], true],
    [['login', ' : '], false],
    [[''], false],
  ])('%j: %s', (chunks, found) => {
    const finder = createTextFinder('login: ');
    expect(chunks.map((chunk) => finder.add(Buffer.from(chunk))).at(-1)).toBe(found);
  });

  it('finds text whose letters are cut in two', () => {
    const finder = createTextFinder('grüß');
    const bytes = Buffer.from('grüß');
    expect(finder.add(bytes.subarray(0, 3))).toBe(false);
    expect(finder.add(bytes.subarray(3))).toBe(true);
  });
});

describe('plain', () => {
  it.each([
    ['a\u001b[31mb', 'a�[31mb'],
    ['a\nb', 'a�b'],
    ['a\u202eb', 'a�b'],
    ['größe ✓', 'größe ✓'],
  ])('fault 60: %j is shown as %s', (text, shown) => {
    expect(plain(text)).toBe(shown);
  });
});
