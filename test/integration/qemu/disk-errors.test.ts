import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WorkloadRef } from '../../../drivers/driver.ts';
import { MiB } from '../../../drivers/spec.ts';
import { boot, listen, run } from '../../support/qemu/booted.ts';
import { breakDisk, EIO, ENOSPC } from '../../support/qemu/broken-disk.ts';
import { expectSound } from '../../support/qemu/disks.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';
import { poll } from '../../support/qemu/wait.ts';

let rig: Rig;
beforeEach(() => {
  rig = createRig();
});
afterEach(() => rig.close());

const disk = { sizeBytes: 16 * MiB };

const notices = (ref: WorkloadRef): string[] =>
  rig.events.flatMap((event) => (event.type === 'notice' && event.id === ref.id ? [event.message] : []));
const told = (ref: WorkloadRef, what: string): Promise<string> =>
  poll('the notice', () => notices(ref).find((message) => message.includes(what)) ?? null);

test('fault 26: a write that finds no space pauses the guest, for the next host too; when there is space it resumes and nothing is lost', async () => {
  const { ref, terminal } = await boot(rig, { disks: [disk, disk] });
  const mend = await breakDisk(rig, ref, 'disk1', { iotype: 'write', errno: ENOSPC });
  await terminal.line(
    'dd if=/dev/urandom of=/tmp/r bs=64k count=8; dd if=/tmp/r of=/dev/vdb conv=fsync; echo wrote$((1+1))',
  );
  const full = {
    phase: 'paused',
    reason: expect.stringContaining('full'),
    attention: expect.stringMatching(/^Free space .* then resume/),
  };
  expect(await rig.until(ref, 'the pause', ({ attention }) => attention !== undefined)).toMatchObject(full);
  expect(terminal.text()).not.toContain('wrote2');
  // Who resumes too early finds it paused again.
  await rig.driver.resume?.(rig.context(), ref);
  expect(await rig.until(ref, 'the pause', ({ phase }) => phase === 'paused')).toMatchObject(full);
  // A host that was not there when it happened says the same.
  await rig.restart();
  await rig.driver.recover(ref.id, ref.spec, ref.handle);
  expect(await rig.driver.inspect(ref)).toMatchObject(full);
  await mend();
  await rig.driver.resume?.(rig.context(), ref);
  const now = await listen(rig, ref);
  await now.see('wrote2');
  const seen = await rig.until(ref, 'the guest to run', ({ phase }) => phase === 'running');
  expect(seen.attention).toBeUndefined();
  expect(await run(now, 'echo 3 > /proc/sys/vm/drop_caches; cmp -n 524288 /tmp/r /dev/vdb && echo same')).toBe('same');
  await expectSound(rig, ref);
});

test('fault 26: what fails to be written or read is told to the guest and to the user, once for many, and works when the disk is well again', async () => {
  const { ref, terminal } = await boot(rig, { disks: [disk, disk] });
  const drop = 'echo 3 > /proc/sys/vm/drop_caches';
  // The kernel's own lines of each error would only take time.
  await run(terminal, 'dmesg -n 1; dd if=/dev/urandom of=/tmp/r bs=64k count=2');
  const write = 'dd if=/tmp/r of=/dev/vdb bs=64k conv=fsync 2>&1; echo left $?';
  const wellAgain = await breakDisk(rig, ref, 'disk1', { iotype: 'write', errno: EIO });
  const unwritten = await run(terminal, write);
  expect(unwritten).toMatch(/I\/O error|Input\/output error/);
  expect(unwritten).toContain('left 1');
  expect(await told(ref, 'failed to write')).toContain('The guest was told.');
  expect((await rig.driver.inspect(ref)).phase).toBe('running');
  // The other disk is not concerned.
  expect(await run(terminal, 'echo on > /data/f; sync; cat /data/f')).toBe('on');
  await wellAgain();
  expect(await run(terminal, write)).toContain('left 0');

  const readable = await breakDisk(rig, ref, 'disk1', { iotype: 'read', errno: EIO });
  const unread = await run(terminal, `${drop}; cmp /tmp/r /dev/vdb 2>&1; echo left $?`);
  expect(unread).toMatch(/I\/O error|Input\/output error/);
  expect(unread).not.toContain('left 0');
  expect(await told(ref, 'failed to read')).toContain('The guest was told.');
  expect(notices(ref)).toHaveLength(2);
  await readable();
  expect(await run(terminal, `${drop}; cmp -n 131072 /tmp/r /dev/vdb && echo same`)).toBe('same');
  await expectSound(rig, ref);
});
