import { expect, it } from 'vitest';
import { type ListSort, sortWorkloads } from '../../../../../renderer/features/list/sort.ts';
import { workload } from '../../../../support/renderer/records.ts';

const list = [
  workload('web-10', {
    phase: 'running',
    createdAtMs: 3,
    spec: { driver: 'qemu', resources: { memoryBytes: 2 ** 30 } },
  }),
  workload('Web-9', { phase: 'crashed', createdAtMs: 1, spec: { driver: 'docker' } }),
  workload('api', { phase: 'stopped', createdAtMs: 2, spec: { driver: 'qemu', resources: { memoryBytes: 2 ** 29 } } }),
];

it.each<[ListSort, string[]]>([
  [{ by: 'name', down: false }, ['api', 'Web-9', 'web-10']],
  [{ by: 'name', down: true }, ['web-10', 'Web-9', 'api']],
  [{ by: 'state', down: false }, ['Web-9', 'web-10', 'api']],
  [{ by: 'driver', down: false }, ['Web-9', 'api', 'web-10']],
  [{ by: 'memory', down: true }, ['web-10', 'api', 'Web-9']],
  [{ by: 'created', down: false }, ['Web-9', 'api', 'web-10']],
])('sorts by %o', (sort, names) => {
  expect(sortWorkloads(list, sort).map((one) => one.spec.name)).toEqual(names);
});

it('keeps equal ones in one order, whichever comes first', () => {
  const twins = [workload('b', { id: '2' }), workload('b', { id: '1' })];
  const sort: ListSort = { by: 'state', down: true };
  expect(sortWorkloads(twins, sort)).toEqual(sortWorkloads(twins.toReversed(), sort));
});
