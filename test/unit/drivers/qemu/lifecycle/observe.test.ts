import { expect, test } from 'vitest';
import { newLiveState } from '../../../../../drivers/qemu/lifecycle/live.ts';
import { observe } from '../../../../../drivers/qemu/lifecycle/observe.ts';
import type { Machine } from '../../../../../drivers/qemu/machine/machine.ts';

const run = { pid: 7, startedAtMs: 1, argv: [], forwards: [] };

test.each([
  ['while its layers are merged', { kind: 'removeSnapshot', wasRunning: true }, 'running'],
  ['by its user, while layers are merged', { kind: 'removeSnapshot', wasRunning: false }, 'paused'],
  ['while its memory is written', { kind: 'snapshot', wasRunning: true }, 'paused'],
  ['by its user', null, 'paused'],
] as const)('a machine that stands %s is %3$s', (_title, intent, phase) => {
  const machine = { record: { run, intent, lastEnd: null, resumeFrom: null } } as unknown as Machine;
  const live = { ...newLiveState(), status: { phase: 'paused', reason: 'Paused.' } as const };
  expect(observe(machine, live, []).phase).toBe(phase);
});
