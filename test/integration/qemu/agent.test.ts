import { existsSync, writeFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import type { Driver, WorkloadRef } from '../../../drivers/driver.ts';
import { connectAgent } from '../../../drivers/qemu/agent/connection.ts';
import { type Booted, boot, listen, run } from '../../support/qemu/booted.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';
import { goBack, take } from '../../support/qemu/two-disks.ts';
import { poll } from '../../support/qemu/wait.ts';

const missing = existsSync('/usr/bin/qemu-system-x86_64') ? '' : ' (skipped: QEMU is not there)';
const it = test.skipIf(missing !== '');
/** An emulated guest on a busy machine. */
const limit = { timeout: 240_000 };

let rig: Rig;
afterEach(async () => {
  await rig?.close();
});

/** Runs a command by the agent; the first one waits for it. */
async function exec(
  driver: Driver,
  ref: WorkloadRef,
  command: string[],
  input?: string,
): Promise<[string, number | null]> {
  const channel = await driver.exec?.(ref, { command, tty: false });
  if (channel === undefined) throw new Error('There is no exec.');
  if (input !== undefined) {
    await channel.write(Buffer.from(input));
    await channel.endInput?.();
  }
  const parts: Uint8Array[] = [];
  for await (const part of channel.output) parts.push(part);
  return [Buffer.concat(parts).toString(), (await channel.exitCode?.()) ?? null];
}

async function withAgent(settings: Record<string, unknown> = {}): Promise<Booted> {
  rig = createRig();
  const booted = await boot(rig, settings);
  await poll('the agent', async () => {
    const [text] = await exec(rig.driver, booted.ref, ['echo', 'up']);
    return text === 'up\n' ? true : null;
  });
  return booted;
}

it(
  `guest agent: commands, their input and exit codes, addresses, traffic, and an orderly end${missing}`,
  limit,
  async () => {
    const { ref } = await withAgent({ network: 'user' });
    const { driver } = rig;
    expect(await exec(driver, ref, ['sh', '-c', 'echo out; echo err >&2; exit 3'])).toEqual(['out\nerr\n', 3]);
    expect(await exec(driver, ref, ['cat'], 'a line\n')).toEqual(['a line\n', 0]);
    await expect(exec(driver, ref, ['no-such-program'])).rejects.toMatchObject({ code: 'not_found' });
    await expect(driver.exec?.(ref, { command: ['sh'], tty: true })).rejects.toMatchObject({ code: 'unsupported' });

    await rig.until(ref, 'the address of the guest', (seen) =>
      (seen.addresses ?? []).some((address) => address.kind === 'ip' && address.text.startsWith('10.0.2.15')),
    );
    const stop = new AbortController();
    for await (const sample of driver.stats(ref, 200, stop.signal)) {
      if ((sample.networkRxBytes ?? 0) > 0) break;
    }

    // Found again by the next host, which asks as well.
    const next = await rig.restart();
    expect(await exec(next, ref, ['echo', 'again'])).toEqual(['again\n', 0]);
    await next.stop(rig.context(), ref, { graceMs: 90_000, force: false });
    expect(await next.inspect(ref)).toMatchObject({ phase: 'stopped', reason: 'Shut down by the guest.' });
    await expect(exec(next, ref, ['true'])).rejects.toMatchObject({ code: 'wrong_state' });
  },
);

it(`guest agent: a disk snapshot freezes the file systems and always lets them go${missing}`, limit, async () => {
  const { ref, terminal } = await withAgent({ disks: [{ sizeBytes: 64 * 1024 * 1024 }] });
  const log: string[] = [];
  const context = { ...rig.context(), log: (line: string) => void log.push(line) };
  await run(terminal, 'mount -o remount,async /data; echo unsynced > /data/f');
  const first = await rig.driver.snapshots?.create(context, ref, { id: 'snapshot-1', name: 'one', kind: 'disk' });
  expect(first?.kind).toBe('disk');
  expect(log.join('\n')).toMatch(/froze its file systems \([1-9]/);
  expect(await run(terminal, 'echo more > /data/g && cat /data/g')).toBe('more');

  // A host that died between freeze and thaw: the next one lets the guest write again.
  await rig.driver.close();
  const paths = rig.paths(ref);
  const agent = await connectAgent(paths.agentSocket, { syncTimeoutMs: 30_000 });
  expect(await agent.execute('guest-fsfreeze-freeze', undefined, { timeoutMs: 30_000 })).toBeGreaterThan(0);
  agent.close();
  const intent = { kind: 'snapshot', startedAtMs: Date.now(), newFiles: [], stage: 'prepare', overlays: {} };
  writeFileSync(paths.record, JSON.stringify({ ...rig.record(ref), intent }));
  await rig.restart();
  await rig.driver.recover(ref.id, ref.spec, ref.handle);
  const again = await listen(rig, ref);
  expect(await run(again, 'echo free > /data/h && cat /data/h')).toBe('free');
});

it(
  `guest agent: the clock of a guest that stood still is set, after a pause and after a restore of its memory${missing}`,
  limit,
  async () => {
    const { ref, terminal } = await withAgent();
    const { driver } = rig;
    const guestYear = async (): Promise<string> => {
      const [text] = await exec(driver, ref, ['date', '-u', '+%Y']);
      return text.trim();
    };
    const thisYear = String(new Date().getUTCFullYear());
    const until = (what: string) => poll(what, async () => ((await guestYear()) === thisYear ? true : null));

    await run(terminal, 'date -u -s "2020-01-01 00:00:00"');
    expect(await guestYear()).toBe('2020');
    const point = await take(rig, ref, 'disk+memory');
    await driver.pause?.(rig.context(), ref);
    await driver.resume?.(rig.context(), ref);
    await until('the clock after the pause');

    await goBack(rig, ref, point.id);
    await until('the clock after the restore');
  },
);

it(`guest agent: one that babbles or hangs holds up nothing${missing}`, limit, async () => {
  const { ref, terminal } = await withAgent({ disks: [{ sizeBytes: 64 * 1024 * 1024 }] });
  // Somebody else has the port open, sends rubbish and answers nothing.
  await run(
    terminal,
    'killall -9 late qemu-ga; sleep 1; ' +
      "{ (exec 3<>/dev/virtio-ports/org.qemu.guest_agent.0; while printf '{}\\n\\377bad\\n' >&3; do sleep 1; done) >/dev/null 2>&1 & }",
  );
  const log: string[] = [];
  const context = { ...rig.context(), log: (line: string) => void log.push(line) };
  const begun = Date.now();
  await rig.driver.snapshots?.create(context, ref, { id: 'snapshot-2', name: 'two', kind: 'disk' });
  expect(log.join('\n')).not.toMatch(/froze its/);
  expect(Date.now() - begun).toBeLessThan(60_000);
  await rig.driver.stop(rig.context(), ref, { graceMs: 90_000, force: false });
  await poll('the end', async () => ((await rig.driver.inspect(ref)).phase === 'stopped' ? true : null));
});
