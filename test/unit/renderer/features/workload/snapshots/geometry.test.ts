import { expect, test } from 'vitest';
import { geometryOf } from '../../../../../../renderer/features/workload/snapshots/geometry.ts';
import type { TreeLayout } from '../../../../../../renderer/features/workload/snapshots/layout.ts';

function layout(rows: { automatic: boolean; lane: number }[]): TreeLayout {
  return {
    placed: rows.map(({ automatic, lane }, index) => ({
      snapshot: {
        id: `s${index}`,
        workloadId: 'w',
        name: 'x',
        notes: '',
        kind: 'disk',
        parentId: null,
        createdAtMs: 0,
        sizeBytes: 0,
        memoryBytes: 0,
        automatic,
        spec: {} as never,
      },
      row: index + 1,
      lane,
      parentRow: null,
      parentLane: null,
    })),
    lanes: Math.max(...rows.map((row) => row.lane)) + 1,
    here: { row: 0, lane: 0, parentRow: null, parentLane: null },
  };
}

test('rows stand below each other without gaps, and automatic ones are smaller', () => {
  const geometry = geometryOf(
    layout([
      { automatic: false, lane: 0 },
      { automatic: true, lane: 1 },
      { automatic: false, lane: 0 },
    ]),
  );
  expect(geometry.rowHeight(2)).toBeLessThan(geometry.rowHeight(1));
  for (const row of [0, 1, 2]) expect(geometry.top(row + 1)).toBe(geometry.top(row) + geometry.rowHeight(row));
  expect(geometry.height).toBe(geometry.top(3) + geometry.rowHeight(3));
});

test('a tree with many branches is drawn narrower, so that the names keep their room', () => {
  const few = geometryOf(layout([0, 1, 2].map((lane) => ({ automatic: false, lane }))));
  const many = geometryOf(layout(Array.from({ length: 60 }, (_, lane) => ({ automatic: false, lane }))));
  expect(few.x(1) - few.x(0)).toBe(22);
  expect(many.width).toBeLessThanOrEqual(220);
  expect(many.x(59)).toBeGreaterThan(many.x(58));
});

test('a branch runs in its own lane and bends into that of its parent', () => {
  const geometry = geometryOf(
    layout([
      { automatic: false, lane: 1 },
      { automatic: false, lane: 0 },
    ]),
  );
  expect(geometry.path({ row: 1, lane: 0 }, { row: 2, lane: 0 })).toMatch(/^M20 \d+V\d+$/);
  expect(geometry.path({ row: 1, lane: 1 }, { row: 2, lane: 0 })).toMatch(/^M42 \d+V\d+C42 .* 20 \d+$/);
});

test('the words of a row begin right of the lanes that pass there, not of all lanes', () => {
  const made = layout([0, 2, 1, 0].map((lane) => ({ automatic: false, lane })));
  const placed = made.placed.map((one, index) => (index === 2 ? { ...one, parentRow: 4, parentLane: 0 } : one));
  const geometry = geometryOf({ ...made, placed });
  expect([1, 2, 3, 4].map((row) => geometry.indent(row) - geometry.indent(1))).toEqual([0, 44, 22, 0]);
});
