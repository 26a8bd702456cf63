import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endedForMemory, watchOom } from '../../../../../drivers/qemu/lifecycle/oom.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nvc-oom-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const put = (path: string, text: string): void => {
  const whole = join(root, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, text);
};
const watch = () => watchOom(7, { proc: join(root, 'proc'), cgroup: join(root, 'cgroup') });

test.each([
  ['version 1', '5:cpu,cpuacct:/a\n4:memory:/a/b\n0::/x\n', 'cgroup/memory/a/b/memory.oom_control', 'under_oom 0\n'],
  ['version 2', '0::/user.slice/a\n', 'cgroup/user.slice/a/memory.events', 'low 0\noom 3\n'],
])('fault 52: kills are counted in groups of %s', (_title, groups, file, other) => {
  put('proc/7/cgroup', groups);
  put(file, `${other}oom_kill 2\n`);
  const seen = watch();
  expect(seen).toMatchObject({ kills: 2 });
  expect(endedForMemory(seen)).toBe(false);
  put(file, `${other}oom_kill 3\n`);
  expect(endedForMemory(seen)).toBe(true);
  rmSync(join(root, file));
  expect(endedForMemory(seen)).toBe(false);
});

test.each([
  ['no process', null],
  ['no memory group', '3:pids:/a\n'],
  ['a group that is not to be seen', '0::/../x\n'],
])('%s: nothing is known', (_title, groups) => {
  if (groups !== null) {
    put('proc/7/cgroup', groups);
  }
  expect(watch()).toBeNull();
  expect(endedForMemory(null)).toBe(false);
});
