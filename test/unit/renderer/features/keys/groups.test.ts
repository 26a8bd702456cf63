import { expect, test } from 'vitest';
import { groupsFor } from '../../../../../renderer/features/keys/groups.ts';
import { parseRoute } from '../../../../../renderer/store/route.ts';
import { english } from '../../../../../renderer/texts/texts.ts';

test.each([
  ['#/all', ['list', 'everywhere']],
  ['#/all/abc', ['workload', 'list', 'everywhere']],
  ['#/all/abc/console', ['console', 'workload', 'list', 'everywhere']],
  ['#/all/abc/snapshots', ['timeline', 'workload', 'list', 'everywhere']],
  ['#/doctor', ['everywhere']],
])('%s shows the keys of that place first', (hash, ids) => {
  const groups = groupsFor(parseRoute(hash));
  expect(groups.map((group) => group.id)).toEqual(ids);
  for (const group of groups) {
    expect(english.keys.group).toHaveProperty(group.id);
    for (const [, what] of group.keys) expect(english.keys).toHaveProperty(what);
  }
});
