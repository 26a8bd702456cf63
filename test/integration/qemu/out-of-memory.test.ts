import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MiB } from '../../../drivers/spec.ts';
import { onMonitor } from '../../support/qemu/disks.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';
import { twoDisks } from '../../support/qemu/two-disks.ts';
import { poll } from '../../support/qemu/wait.ts';

let rig: Rig;
let group: { path: string; limit: string; usage: string } | null = null;

/** A memory group without a limit yet; null where this program may not make one. */
function memoryGroup(): typeof group {
  const name = `novacron-test-${process.pid}`;
  for (const [parent, limit, usage] of [
    ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes', 'memory.usage_in_bytes'],
    ['/sys/fs/cgroup', 'memory.max', 'memory.current'],
  ] as const) {
    const path = `${parent}/${name}`;
    try {
      mkdirSync(path);
      if (existsSync(`${path}/${limit}`)) {
        return { path, limit, usage };
      }
      rmdirSync(path);
    } catch {
      // Another version, or not allowed.
    }
  }
  return null;
}

beforeEach(() => {
  rig = createRig();
  group = memoryGroup();
});
afterEach(async () => {
  await rig.close();
  const made = group;
  if (made !== null) {
    await poll('the end of the group', () => {
      rmdirSync(made.path);
      return true;
    });
  }
});

test('fault 52: a machine that the kernel ends for lack of memory is told as that', async (context) => {
  context.skip(group === null, 'this program may not make a memory control group');
  const ref = await rig.create(twoDisks);
  await rig.driver.start(rig.context(), ref);
  const { pid } = await rig.driver.inspect(ref);
  writeFileSync(`${group?.path}/cgroup.procs`, String(pid));
  // The next host finds it in its group.
  await rig.restart();
  await rig.driver.recover(ref.id, ref.spec, ref.handle);
  // What it had before the move is not counted; from now on it gets this much.
  const used = Number(readFileSync(`${group?.path}/${group?.usage}`, 'utf8'));
  writeFileSync(`${group?.path}/${group?.limit}`, String(used + 2 * MiB));
  // A buffer of this size is filled before it is written.
  const text = 'qemu-io -d /machine/peripheral/disk0/virtio-backend "write -P 1 0 6M"';
  await onMonitor(rig, ref, (client) => client.execute('human-monitor-command', { 'command-line': text })).catch(
    () => undefined,
  );
  const seen = await rig.until(ref, 'the end', ({ phase }) => phase === 'crashed');
  expect(seen.reason).toMatch(/^Killed: out of memory/);
});
