import { describe, expect, test } from 'vitest';
import { parseStartOptions } from '../../../scripts/start/options.ts';

describe('parseStartOptions', () => {
  const defaults = { browser: false, headless: false, port: 0, install: true };
  test.each([
    [[], defaults],
    [['--browser'], { ...defaults, browser: true }],
    [['--headless', '--port', '8080'], { ...defaults, headless: true, port: 8080 }],
    [['--no-install'], { ...defaults, install: false }],
    [['--help'], 'help'],
  ])('%j', (args, expected) => {
    expect(parseStartOptions(args)).toEqual(expected);
  });
  test.each([[['--port', 'x']], [['--port', '70000']], [['--unknown']]])('%j is refused', (args) => {
    expect(() => parseStartOptions(args)).toThrow();
  });
});
