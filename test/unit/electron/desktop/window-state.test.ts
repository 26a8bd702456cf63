import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isVisible, readWindowState, writeWindowState } from '../../../../electron/desktop/window-state.ts';

const state = { x: 100, y: 100, width: 1200, height: 800, maximized: false };
const screen = { x: 0, y: 0, width: 1920, height: 1080 };
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'novacron-window-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

test('what was saved is read back', () => {
  const path = join(directory, 'window.json');
  writeWindowState(path, state);
  expect(readWindowState(path)).toEqual(state);
});

test.each(['', 'nonsense', '{}', '{"x":0,"y":0,"width":1,"height":1,"maximized":false}', '[]'])(
  'a broken file (%s) costs only the position',
  (text) => {
    const path = join(directory, 'window.json');
    writeFileSync(path, text);
    expect(readWindowState(path)).toBeNull();
  },
);

test.each([
  ['on the display', state, true],
  ['half beside it', { ...state, x: 1500 }, true],
  ['a sliver on it', { ...state, x: 1900 }, false],
  ['on a display that is gone', { ...state, x: 2500 }, false],
  ['its title bar above it', { ...state, y: -50 }, false],
])('%s: %s', (_what, window, expected) => {
  expect(isVisible(window, [screen])).toBe(expected);
});
