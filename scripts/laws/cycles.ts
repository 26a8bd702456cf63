import type { Law, Violation } from './law.ts';
import type { SourceFile } from './source.ts';

/** The cycles of a graph, each once, as the list of its nodes. */
export function findCycles(graph: Map<string, string[]>): string[][] {
  const done = new Set<string>();
  const cycles: string[][] = [];
  const visit = (node: string, trail: string[]): void => {
    const start = trail.indexOf(node);
    if (start !== -1) {
      cycles.push(trail.slice(start));
      return;
    }
    if (done.has(node)) {
      return;
    }
    for (const next of graph.get(node) ?? []) {
      visit(next, [...trail, node]);
    }
    done.add(node);
  };
  for (const node of graph.keys()) {
    visit(node, []);
  }
  return cycles;
}

/** No file needs itself. Imports of types only are erased and form no cycle at run time. */
export const cycleLaw: Law = {
  id: 'no-cycles',
  title: 'No import cycles',
  check(files: SourceFile[]): Violation[] {
    const graph = new Map(
      files.map((file): [string, string[]] => [
        file.path,
        file.imports.flatMap((used) => (used.path === null || used.typeOnly || used.dynamic ? [] : [used.path])),
      ]),
    );
    return findCycles(graph).map((cycle) => ({
      path: cycle[0] ?? '',
      line: 1,
      message: `is part of ${[...cycle, cycle[0]].join(' -> ')}`,
    }));
  },
};
