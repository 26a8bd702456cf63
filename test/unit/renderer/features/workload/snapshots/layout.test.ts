import { expect, test } from 'vitest';
import { layoutTree } from '../../../../../../renderer/features/workload/snapshots/layout.ts';
import { snapshotOf } from '../../../../../support/renderer/snapshot.ts';

const lanesOf = (layout: ReturnType<typeof layoutTree>) =>
  Object.fromEntries(layout.placed.map((one) => [one.snapshot.id, one.lane]));

test('without snapshots only the present state is there', () => {
  const layout = layoutTree([], null);
  expect(layout.placed).toEqual([]);
  expect(layout.lanes).toBe(1);
  expect(layout.here).toEqual({ row: 0, lane: 0, parentRow: null, parentLane: null });
});

test('a line of snapshots is one lane, newest first, under the present state', () => {
  const layout = layoutTree([snapshotOf('a', null, 1), snapshotOf('b', 'a', 2), snapshotOf('c', 'b', 3)], 'c');
  expect(layout.placed.map((one) => [one.snapshot.id, one.row])).toEqual([
    ['c', 1],
    ['b', 2],
    ['a', 3],
  ]);
  expect(lanesOf(layout)).toEqual({ a: 0, b: 0, c: 0 });
  expect(layout.here.parentRow).toBe(1);
});

test('after a restore what was left becomes a branch and the present state hangs on the old snapshot', () => {
  const layout = layoutTree([snapshotOf('a', null, 1), snapshotOf('b', 'a', 2), snapshotOf('kept', 'b', 3)], 'a');
  expect(lanesOf(layout)).toEqual({ a: 0, b: 1, kept: 1 });
  expect(layout.here).toMatchObject({ parentRow: 3, parentLane: 0 });
  expect(layout.placed.find((one) => one.snapshot.id === 'b')).toMatchObject({ parentRow: 3, parentLane: 0 });
});

test('branches that live at the same time have lanes of their own; later ones use a free lane again', () => {
  const layout = layoutTree(
    [
      snapshotOf('root', null, 1),
      snapshotOf('old', 'root', 2),
      snapshotOf('mid', 'root', 3),
      snapshotOf('left', 'mid', 4),
      snapshotOf('right', 'mid', 5),
      snapshotOf('now', 'mid', 6),
    ],
    'now',
  );
  const lanes = lanesOf(layout);
  expect(lanes['root']).toBe(0);
  expect(lanes['mid']).toBe(0);
  expect(lanes['now']).toBe(0);
  expect(new Set([lanes['left'], lanes['right']])).toEqual(new Set([1, 2]));
  // It ends before the other two begin, yet touches no row of theirs.
  expect(lanes['old']).toBe(1);
  expect(layout.lanes).toBe(3);
});

test('no two lines share a lane in the same rows, whatever the tree', () => {
  const snapshots = Array.from({ length: 200 }, (_, index) =>
    snapshotOf(`s${index}`, index === 0 ? null : `s${(index * 7919) % index}`, index),
  );
  const layout = layoutTree(snapshots, 's117');
  const spots = new Set(layout.placed.map((one) => `${one.row}/${one.lane}`));
  expect(spots.size).toBe(200);
  const byId = new Map(layout.placed.map((one) => [one.snapshot.id, one]));
  for (const one of layout.placed) {
    // The straight part of the line from a node to its parent passes through no other node of its lane.
    const parent = one.snapshot.parentId === null ? undefined : byId.get(one.snapshot.parentId);
    if (parent === undefined) continue;
    expect(parent.row).toBeGreaterThan(one.row);
    const between = layout.placed.filter(
      (other) => other.lane === one.lane && other.row > one.row && other.row < parent.row,
    );
    expect(between.map((other) => other.snapshot.id)).toEqual([]);
  }
});

test('a parent that is not there and a circle do not stop it', () => {
  const orphan = layoutTree([snapshotOf('a', 'gone', 1)], 'a');
  expect(orphan.placed[0]).toMatchObject({ parentRow: null, lane: 0 });
  const circle = layoutTree([snapshotOf('a', 'b', 1), snapshotOf('b', 'a', 2)], 'a');
  expect(circle.placed).toHaveLength(2);
});
