import { expect, test } from 'vitest';
import { startError } from '../../../../../drivers/qemu/lifecycle/start-error.ts';

test.each([
  ["Could not set up host forwarding rule 'tcp:127.0.0.1:8080-:80'", 'conflict', /port 8080 .*127\.0\.0\.1/],
  ['Failed to get "write" lock\nIs another process using the image [/x.qcow2]?', 'conflict', /in use/],
  ["cannot set up guest memory 'pc.ram': Cannot allocate memory", 'resource_exhausted', /memory/],
  ["could not load kernel '/gone': No such file or directory", 'not_found', /\/gone/],
  ["Could not open '/x.qcow2': No such file or directory", 'not_found', /\/x\.qcow2/],
  ["Could not open '/x.qcow2': Permission denied", 'permission_denied', /user/],
  ['unsupported machine type\nUse -machine help', 'invalid_spec', /machine type/],
  ['something else', 'internal', /something else/],
  ['', 'internal', /exit code 1/],
])('%j', (text, code, message) => {
  const error = startError('web', ['qemu', '-x'], text.split('\n'), { code: 1, signal: null });
  expect(error.code).toBe(code);
  expect(error.message).toContain('"web" did not start');
  expect(error.message).toMatch(message);
  expect(error.details.command).toBe('qemu -x');
});
