import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../../../renderer/styles/tokens.css', import.meta.url), 'utf8');
const themes = ['dark', 'light', 'contrast'] as const;
/** WCAG 2.2 AA: 1.4.3 for text, 1.4.11 for what marks a control. AAA's 7 is the measure of the high-contrast theme. */
const textRatio = { dark: 4.5, light: 4.5, contrast: 7 } as const;
const markRatio = 3;

/** The colours of a theme as it stands in the file. */
function colours(theme: string): Map<string, string> {
  const block = new RegExp(`:root\\[data-theme="${theme}"\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? '';
  return new Map(
    [...block.matchAll(/(--[a-z0-9-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function ratio(left: string, right: string): number {
  const [light = 0, dark = 0] = [luminance(left), luminance(right)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const grounds = ['--bg-0', '--bg-1', '--bg-2', '--bg-3'];
const texts: [string, string[]][] = [
  ['--text-1', [...grounds, '--bg-4', '--accent-soft', '--warn-soft', '--bad-soft', '--ok-soft']],
  ['--text-2', [...grounds, '--bg-4', '--accent-soft']],
  ['--text-3', [...grounds, '--accent-soft']],
  ['--accent', [...grounds, '--accent-soft']],
  ['--on-accent', ['--accent-fill', '--accent-fill-hover', '--bad-fill']],
  ['--ok', ['--bg-0', '--bg-1', '--bg-2', '--ok-soft']],
  ['--warn', ['--bg-0', '--bg-1', '--bg-2', '--warn-soft']],
  ['--bad', [...grounds, '--bad-soft']],
  ['--info', ['--bg-0', '--bg-1', '--bg-2', '--info-soft']],
];

describe.each(themes)('theme %s', (theme) => {
  const of = colours(theme);
  const value = (name: string) => of.get(name) ?? expect.fail(`${name} is missing.`);

  it.each(texts)('%s can be read on its grounds', (text, places) => {
    const low = places
      .map((ground) => ({ ground, ratio: Number(ratio(value(text), value(ground)).toFixed(2)) }))
      .filter((one) => one.ratio < textRatio[theme]);
    expect(low).toEqual([]);
  });

  it.each(['--focus', '--idle', '--accent'])('%s stands out as a mark', (mark) => {
    for (const ground of grounds) expect(ratio(value(mark), value(ground))).toBeGreaterThanOrEqual(markRatio);
  });
});

it('the ratio is that of the standard: black on white is 21, equal colours are 1', () => {
  expect(ratio('#000000', '#ffffff')).toBeCloseTo(21);
  expect(ratio('#777777', '#777777')).toBe(1);
});
