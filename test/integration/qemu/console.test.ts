import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Driver } from '../../../drivers/driver.ts';
import { guestSpec } from '../../support/qemu/guest-spec.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';
import { readTerminal } from '../../support/qemu/terminal.ts';
import { poll } from '../../support/qemu/wait.ts';

let rig: Rig;
beforeEach(() => {
  rig = createRig();
});
afterEach(() => rig.close());

test('two viewers, replay, a restart of the host, and the record of the past boot', async () => {
  const ref = await rig.create(await guestSpec());
  await rig.driver.start(rig.context(), ref);
  const first = readTerminal(await rig.driver.openConsole(ref, 'serial0', {}));
  const prompt = await first.see('demo:~# ');
  await first.line('echo one-$((40+2))');
  await first.see('one-42', prompt);
  // A late viewer gets the same from the beginning.
  const second = readTerminal(await rig.driver.openConsole(ref, 'serial0', { readOnly: true }));
  await second.see('one-42');
  await second.line('echo no').then(
    () => expect.unreachable('a reader may not write'),
    (error: unknown) => expect(error).toMatchObject({ code: 'wrong_state' }),
  );
  await first.line('echo two-$((40+3))');
  await Promise.all([first.see('two-43'), second.see('two-43')]);
  expect(second.text()).toBe(first.text());
  // A viewer that wants nothing of the past.
  const third = readTerminal(await rig.driver.openConsole(ref, 'serial0', { replayBytes: 0 }));
  await third.line('echo three-$((40+4))');
  await third.see('three-44');
  expect(third.text()).not.toContain('two-43');

  await rig.restart();
  await rig.driver.recover(ref.id, ref.spec, ref.handle);
  const fourth = readTerminal(await rig.driver.openConsole(ref, 'serial0', {}));
  await fourth.see('three-44');
  await fourth.line('echo four-$((40+5))');
  const at = await fourth.see('four-45');
  expect(fourth.text().split('one-42')).toHaveLength(2);
  expect(at).toBeGreaterThan(0);

  await rig.driver.stop(rig.context(), ref, { graceMs: 60_000, force: true });
  await fourth.ended;
  // Stopped: the last record, reading only, then the end.
  const record = await rig.driver.openConsole(ref, 'serial0', {});
  await expect(record.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'wrong_state' });
  const text = readTerminal(record);
  await text.ended;
  expect(text.text()).toContain('four-45');

  await rig.driver.start(rig.context(), ref);
  const past = (await rig.driver.consoles(ref)).find(({ kind }) => kind === 'record');
  expect(past).toMatchObject({ id: 'boot-1', writable: false });
  const old = readTerminal(await rig.driver.openConsole(ref, 'boot-1', {}));
  await old.ended;
  expect(old.text()).toContain('four-45');
});

test('fault 48: a viewer that does not read slows neither the guest nor the other viewer', async () => {
  const ref = await rig.create(await guestSpec());
  await rig.driver.start(rig.context(), ref);
  const reader = readTerminal(await rig.driver.openConsole(ref, 'serial0', {}));
  const lazy = await rig.driver.openConsole(ref, 'serial0', {});
  await reader.see('demo:~# ');
  const lines = 3000;
  await reader.line(
    `i=0; while [ $i -lt ${lines} ]; do i=$((i+1)); echo "line $i of a flood of output"; done; echo end-$((1+1))`,
  );
  const end = await poll(
    'the end of the flood',
    () => {
      const at = reader.text().indexOf('end-2');
      return at === -1 ? null : at;
    },
    100_000,
  );
  const text = reader.text().slice(0, end);
  for (let index = 1; index <= lines; index++) {
    if (!text.includes(`line ${index} of a flood`)) {
      expect.unreachable(`line ${index} is missing`);
    }
  }
  // The lazy one gets all of it when it comes round to reading.
  const late = readTerminal(lazy);
  await late.see('end-2');
  expect(late.text().slice(-1000)).toBe(reader.text().slice(-1000));
});

test('logs: the last lines, and following until the end', async () => {
  const ref = await rig.create(await guestSpec());
  await rig.driver.start(rig.context(), ref);
  const terminal = readTerminal(await rig.driver.openConsole(ref, 'serial0', {}));
  await terminal.see('demo:~# ');
  await terminal.line('for i in 1 2 3; do echo log-$((i+10)); done');
  // The prompt behind it is the last of the three lines.
  await terminal.see('demo:~# ', await terminal.see('log-13'));
  const logs: NonNullable<Driver['logs']> = (...args) => rig.driver.logs?.(...args) ?? expect.unreachable('no logs');
  const controller = new AbortController();
  let tail = '';
  for await (const chunk of logs(ref, { follow: false, tail: 3 }, controller.signal)) {
    tail += Buffer.from(chunk).toString();
  }
  expect(tail).toContain('log-13');
  expect(tail).not.toContain('log-11\r\n');
  let followed = '';
  const follow = async (): Promise<void> => {
    for await (const chunk of logs(ref, { follow: true, tail: 0 }, controller.signal)) {
      followed += Buffer.from(chunk).toString();
    }
  };
  const following = follow();
  await poll('a followed line', async () => {
    await terminal.line('echo foll""owed');
    return followed.includes('followed') ? true : null;
  });
  controller.abort();
  await following;
});
