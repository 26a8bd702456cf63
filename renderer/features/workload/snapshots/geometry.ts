import type { TreeLayout } from './layout.ts';

/** Pixels of the rows: the present state, a snapshot with its second line, and an automatic one, which is small. */
const heights = { here: 52, named: 46, automatic: 30 } as const;
/** The widest lane, and what all lanes together may take before they are drawn narrower, pixels. */
const laneWidth = 22;
const mostWidth = 176;
const margin = 20;

/** A point of the drawn tree: a row, 0 being the present state, and a lane. */
export type Place = { row: number; lane: number };

/** Where each row and lane is drawn, in pixels. */
export type Geometry = {
  /** Width of the drawn part, height of all rows. */
  width: number;
  /** Where the words of a row begin: right of all lanes that pass there. */
  indent(row: number): number;
  height: number;
  rowHeight(row: number): number;
  top(row: number): number;
  x(lane: number): number;
  /** The middle of a row. */
  y(row: number): number;
  /** A line from a child up here to its parent down there; a branch bends into its parent's lane at the end. */
  path(child: Place, parent: Place): string;
};

/** The geometry of a tree. Pure. */
export function geometryOf(layout: TreeLayout): Geometry {
  const rows = [heights.here, ...layout.placed.map((one) => heights[one.snapshot.automatic ? 'automatic' : 'named'])];
  const tops: number[] = [];
  let height = 0;
  for (const row of rows) {
    tops.push(height);
    height += row;
  }
  const lane = Math.min(laneWidth, mostWidth / Math.max(1, layout.lanes - 1));
  const widest = rows.map(() => 0);
  for (const { row, lane: at, parentRow } of layout.placed) {
    for (let passed = row; passed <= Math.max(row, (parentRow ?? row) - 1); passed++)
      widest[passed] = Math.max(widest[passed] ?? 0, at);
  }
  const x = (at: number) => margin + at * lane;
  const y = (row: number) => (tops[row] ?? 0) + (rows[row] ?? 0) / 2;
  return {
    width: x(layout.lanes - 1) + margin,
    indent: (row) => x(widest[row] ?? 0) + margin,
    height,
    rowHeight: (row) => rows[row] ?? heights.named,
    top: (row) => tops[row] ?? 0,
    x,
    y,
    path(child, parent) {
      const [fromX, fromY, toX, toY] = [x(child.lane), y(child.row), x(parent.lane), y(parent.row)];
      if (fromX === toX) return `M${fromX} ${fromY}V${toY}`;
      const bend = Math.min(heights.automatic, toY - fromY);
      return `M${fromX} ${fromY}V${toY - bend}C${fromX} ${toY - bend * 0.4} ${toX} ${toY - bend * 0.6} ${toX} ${toY}`;
    },
  };
}
