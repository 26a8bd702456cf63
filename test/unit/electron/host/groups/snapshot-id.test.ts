import { expect, test } from 'vitest';
import {
  memberSnapshotId,
  newGroupSnapshotId,
  readMemberSnapshotId,
} from '../../../../../electron/host/groups/snapshot-id.ts';

test.each(['running', 'paused', 'stopped'] as const)('what it was comes back: %s', (was) => {
  const group = newGroupSnapshotId();
  expect(readMemberSnapshotId(memberSnapshotId(group, was))).toEqual({ groupSnapshotId: group, was });
});

test.each([
  '',
  'g',
  'abcdef0123456789abcd',
  'g0123456789abcdef',
  'g0123456789abcdef-x01234567',
  'g0123456789abcdef-r0123456',
])('an id of no group: %s', (id) => {
  expect(readMemberSnapshotId(id)).toBeNull();
});
