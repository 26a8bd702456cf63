import { describe, expect, it } from 'vitest';
import { freezerOf } from '../../../../drivers/docker/snapshots/thaw.ts';

const id = '5f'.repeat(32);

describe('freezerOf', () => {
  it.each([
    {
      name: 'the first version, with the second beside it',
      groups: `11:memory:/docker/${id}\n7:freezer:/docker/${id}\n0::/system.slice/docker.service`,
      file: `/sys/fs/cgroup/freezer/docker/${id}/freezer.state`,
    },
    {
      name: 'the second version',
      groups: `0::/system.slice/docker-${id}.scope\n`,
      file: `/sys/fs/cgroup/system.slice/docker-${id}.scope/cgroup.freeze`,
    },
    { name: 'a process that is no container any more', groups: '7:freezer:/\n0::/init.scope\n', file: undefined },
    { name: 'a namespace of its own', groups: `7:freezer:/../${id}\n`, file: undefined },
  ])('$name', ({ groups, file }) => {
    expect(freezerOf(groups, id)?.file).toBe(file);
  });
});
