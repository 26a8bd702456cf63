import { expect, it } from 'vitest';
import {
  countFiles,
  type FileChange,
  filterFiles,
  sortFiles,
} from '../../../../../../renderer/features/workload/snapshots/compare.ts';

const files: FileChange[] = [
  { path: '/etc/Passwd', change: 'changed', bytes: 10 },
  { path: '/tmp/a', change: 'added', bytes: 300 },
  { path: '/tmp/b', change: 'removed' },
];

it('counts by kind of change', () => {
  expect(countFiles(files)).toEqual({ added: 1, changed: 1, removed: 1 });
});

it.each([
  ['', 'all', 3],
  [' PASS ', 'all', 1],
  ['tmp', 'added', 1],
  ['tmp', 'changed', 0],
] as const)('the filter %j with %s leaves %i', (text, shown, count) => {
  expect(filterFiles(files, text, shown)).toHaveLength(count);
});

it('sorts the largest first, or leaves the order by path', () => {
  expect(sortFiles(files, 'size').map((one) => one.path)).toEqual(['/tmp/a', '/etc/Passwd', '/tmp/b']);
  expect(sortFiles(files, 'path')).toEqual(files);
});
