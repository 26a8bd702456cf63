import type { Geometry } from './geometry.ts';
import type { PlacedSnapshot, TreeLayout } from './layout.ts';

/** The lines and nodes of the rows that are in sight. */
export function TreeDrawing(props: {
  layout: TreeLayout;
  geometry: Geometry;
  /** The first and the last row in sight. */
  seen: { first: number; last: number };
  selected: string | null;
  current: string | null;
}) {
  const { layout, geometry, seen } = props;
  const { here } = layout;
  const crosses = (one: PlacedSnapshot) =>
    one.parentRow !== null && one.row <= seen.last && Math.max(one.row, one.parentRow) >= seen.first;
  return (
    <svg width={geometry.width} height={geometry.height} aria-hidden>
      {here.parentRow !== null && here.parentLane !== null ? (
        <path className="trunk present" d={geometry.path(here, { row: here.parentRow, lane: here.parentLane })} />
      ) : null}
      {layout.placed.filter(crosses).map((one) => (
        <path
          key={one.snapshot.id}
          className={one.lane === 0 ? 'trunk' : 'branch'}
          d={geometry.path(one, { row: one.parentRow ?? 0, lane: one.parentLane ?? 0 })}
        />
      ))}
      {layout.placed
        .filter((one) => one.row >= seen.first && one.row <= seen.last)
        .map((one) => (
          <Node
            key={one.snapshot.id}
            placed={one}
            geometry={geometry}
            selected={one.snapshot.id === props.selected}
            current={one.snapshot.id === props.current}
          />
        ))}
      <g className="here-mark">
        <circle className="ring" cx={geometry.x(0)} cy={geometry.y(0)} r={10} />
        <circle className="core" cx={geometry.x(0)} cy={geometry.y(0)} r={5.5} />
      </g>
    </svg>
  );
}

function Node(props: { placed: PlacedSnapshot; geometry: Geometry; selected: boolean; current: boolean }) {
  const { placed, geometry } = props;
  const { kind, automatic } = placed.snapshot;
  const radius = automatic ? 3.5 : 6.5;
  const [x, y] = [geometry.x(placed.lane), geometry.y(placed.row)];
  return (
    <g
      className="snapshot-node"
      data-current={props.current}
      data-memory={kind === 'disk+memory' || kind === 'memory'}
      data-automatic={automatic}
    >
      {props.selected ? <circle className="halo" cx={x} cy={y} r={radius + 4} /> : null}
      <circle cx={x} cy={y} r={radius} />
    </g>
  );
}
