import { expect, it } from 'vitest';
import type { ServiceTaskView } from '../../../../../electron/bridge/contract.ts';
import { isPast, lastFailure, taskPhase } from '../../../../../renderer/features/groups/tasks.ts';

const task = (id: string, changes: Partial<ServiceTaskView> = {}): ServiceTaskView => ({
  id,
  slot: 1,
  node: 'n',
  state: 'running',
  wanted: 'running',
  reason: 'started',
  image: 'web:1',
  changedAtMs: 1,
  ...changes,
});

it.each([
  ['running', 'running'],
  ['failed', 'crashed'],
  ['rejected', 'crashed'],
  ['orphaned', 'lost'],
  ['complete', 'stopped'],
  ['shutdown', 'stopped'],
  ['remove', 'stopping'],
  ['preparing', 'starting'],
  ['a word of a later engine', 'starting'],
])('a task that is %s is drawn as %s', (state, phase) => {
  expect(taskPhase({ state })).toBe(phase);
});

it.each([
  ['running', false],
  ['ready', false],
  ['shutdown', true],
  ['remove', true],
])('one that is wanted %s has ended: %s', (wanted, past) => {
  expect(isPast({ wanted })).toBe(past);
});

it.each<[string, ServiceTaskView[], string | null]>([
  ['none without tasks', [], null],
  ['none while all run', [task('a'), task('b')], null],
  [
    'the newest of several',
    [
      task('old', { state: 'failed', error: 'exit (1)', changedAtMs: 2 }),
      task('new', { state: 'rejected', error: 'no such program', changedAtMs: 3 }),
      task('now', { state: 'ready', changedAtMs: 4 }),
    ],
    'new',
  ],
  [
    'none of a place where another one runs by now',
    [task('old', { state: 'failed', error: 'exit (1)' }), task('now', { changedAtMs: 2 })],
    null,
  ],
  [
    'one of just now, though another one runs by now',
    [task('just', { state: 'failed', error: 'exit (1)', changedAtMs: 90_000 }), task('now', { changedAtMs: 95_000 })],
    'just',
  ],
  ['one that waits for a node', [task('held', { state: 'pending', error: 'no suitable node' })], 'held'],
])('the last failure: %s', (_title, tasks, id) => {
  expect(lastFailure(tasks, 100_000)?.id ?? null).toBe(id);
});
