import { describe, expect, test } from 'vitest';
import { chooseMode, type Surroundings } from '../../../scripts/start/mode.ts';

const desktop = { DISPLAY: ':0' };
function around(electron: boolean, chromium: string | null, env: Record<string, string> = desktop): Surroundings {
  return {
    platform: 'linux',
    env,
    hasElectron: () => Promise.resolve(electron),
    findChromium: () => Promise.resolve(chromium),
  };
}

describe('chooseMode', () => {
  const nothing = { browser: false, headless: false };
  test.each([
    ['Electron first', nothing, around(true, '/c'), 'electron'],
    ['Chromium without Electron', nothing, around(false, '/c'), 'chromium'],
    ['an address without both', nothing, around(false, null), 'address'],
    ['Chromium when asked for', { browser: true, headless: false }, around(true, '/c'), 'chromium'],
    ['an address when asked for', { browser: false, headless: true }, around(true, '/c'), 'address'],
    ['an address without a display', nothing, around(true, '/c', {}), 'address'],
    ['Wayland is a display', nothing, around(true, '/c', { WAYLAND_DISPLAY: 'wayland-0' }), 'electron'],
    ['macOS has a display', nothing, { ...around(true, '/c', {}), platform: 'darwin' as const }, 'electron'],
  ])('%s', async (_what, asked, surroundings, kind) => {
    expect((await chooseMode(asked, surroundings)).kind).toBe(kind);
  });

  test('without a display nobody tries to fetch Electron', async () => {
    const surroundings = { ...around(true, null, {}), hasElectron: () => Promise.reject(new Error('asked')) };
    expect((await chooseMode(nothing, surroundings)).kind).toBe('address');
  });
});
