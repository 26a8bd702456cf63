import { expect, test } from 'vitest';
import { type WorkloadSpecInput, workloadSpecSchema } from '../../../drivers/spec.ts';
import { specChanges } from '../../../drivers/spec-changes.ts';

const spec = (change: Partial<WorkloadSpecInput>) =>
  workloadSpecSchema.parse({
    name: 'a',
    driver: 'qemu',
    settings: { disks: [{ sizeBytes: 1 }], kernel: '/k' },
    ...change,
  });

test.each<[string, Partial<WorkloadSpecInput>, unknown[]]>([
  ['nothing', {}, []],
  ['a plain field', { notes: 'x' }, [{ field: 'notes', from: '', to: 'x' }]],
  ['a field that is new', { resources: { vcpus: 2 } }, [{ field: 'resources.vcpus', to: 2 }]],
  [
    'an entry of a list',
    { settings: { disks: [{ sizeBytes: 2 }, { sizeBytes: 3 }], kernel: '/k' } },
    [
      { field: 'settings.disks.0.sizeBytes', from: 1, to: 2 },
      { field: 'settings.disks.1', to: { sizeBytes: 3 } },
    ],
  ],
  ['a field that is gone', { settings: { disks: [{ sizeBytes: 1 }] } }, [{ field: 'settings.kernel', from: '/k' }]],
  [
    'another kind of value',
    { settings: { disks: 'none', kernel: '/k' } },
    [{ field: 'settings.disks', from: [{ sizeBytes: 1 }], to: 'none' }],
  ],
])('names %s', (_title, change, expected) => {
  expect(specChanges(spec({}), spec(change))).toEqual(expected);
});
