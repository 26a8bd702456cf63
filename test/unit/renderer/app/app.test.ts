import { describe, expect, it } from 'vitest';
import { phaseChanges } from '../../../../renderer/app/phase-changes.ts';
import { resolveTheme } from '../../../../renderer/app/theme.ts';
import { clampShare } from '../../../../renderer/ui/split-pane.tsx';
import { workload } from '../../../support/renderer/records.ts';

it.each([
  ['system', false, false, 'dark'],
  ['system', true, false, 'light'],
  ['system', true, true, 'contrast'],
  ['dark', true, true, 'dark'],
  ['nonsense', false, false, 'dark'],
])('theme %s, system light %s, more contrast %s: %s', (wish, light, contrast, theme) => {
  expect(resolveTheme(wish, light, contrast)).toBe(theme);
});

describe('state changes to read out', () => {
  it('are those of known workloads', () => {
    const a = workload('a');
    const before = { [a.id]: a, x: workload('x', { id: 'x' }) };
    const after = { ...before, [a.id]: workload('a', { phase: 'running' }), n: workload('n', { id: 'n' }) };
    expect(phaseChanges(before, after)).toEqual([{ id: a.id, name: 'a', phase: 'running' }]);
  });
});

it.each([
  [0.5, 1000, 0.5],
  [0.01, 1000, 0.3],
  [0.99, 1000, 0.5],
  [0.5, 400, 0.375],
])('a share of %d in %d pixels is %d', (share, width, expected) => {
  expect(clampShare(share, width, 300, 500)).toBe(expected);
});
