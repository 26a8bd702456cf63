import { expect, test } from 'vitest';
import { notConnectable } from '../../../../../drivers/qemu/qmp/errors.ts';

test.each([
  ['ENOENT', 'engine_unavailable', 'cannot be reached (ENOENT)'],
  ['ECONNREFUSED', 'engine_unavailable', 'cannot be reached'],
  ['EACCES', 'permission_denied', 'cannot be reached'],
  // The queue of a listening unix socket is full: QEMU serves one client and has one wait.
  ['EAGAIN', 'timeout', 'busy: others wait for it already'],
])('a monitor that refuses with %s is %s', (code, expected, message) => {
  const error = notConnectable('/run/qmp', Object.assign(new Error(code), { code }));
  expect(error).toMatchObject({ code: expected, retryable: true, details: { errno: code, path: '/run/qmp' } });
  expect(error.message).toContain(message);
});
