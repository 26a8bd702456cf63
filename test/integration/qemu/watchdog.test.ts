import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WorkloadRef } from '../../../drivers/driver.ts';
import { qemuSettingsSchema, type Watchdog } from '../../../drivers/qemu/settings.ts';
import { letBite, writeBitingDisk } from '../../support/qemu/bite.ts';
import { boot } from '../../support/qemu/booted.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';

let rig: Rig;
beforeEach(() => {
  rig = createRig();
});
afterEach(() => rig.close());

const notices = (): string[] => rig.events.flatMap((event) => (event.type === 'notice' ? [event.message] : []));

async function change(ref: WorkloadRef, watchdog: Watchdog): Promise<WorkloadRef> {
  const spec = { ...ref.spec, settings: qemuSettingsSchema.parse({ ...ref.spec.settings, watchdog }) };
  await rig.driver.update?.(rig.context(), ref, spec);
  return { ...ref, spec };
}

const wasReset = { phase: 'running', reason: "Running again: the guest's watchdog ran out and reset it." };
const stands = {
  phase: 'paused',
  reason: "The guest's watchdog ran out.",
  attention: 'Resume, reset or force it off.',
};
const poweredOff = { phase: 'crashed', reason: "The guest's watchdog ran out and powered it off." };

test('the watchdog i6300esb of a guest that does not answer resets it, stands it still, and powers it off', async () => {
  const model = 'i6300esb';
  const { ref, terminal } = await boot(rig, { watchdog: {} });
  await letBite(terminal);
  const again = await rig.until(ref, 'the reset', ({ reason }) => reason.includes('watchdog'));
  const from = terminal.text().length;
  expect(again).toMatchObject(wasReset);
  expect(again.attention).toBeUndefined();
  expect(notices()).toEqual(["The guest's watchdog ran out: the machine is reset."]);

  // It has only just been reset: the next prompt is that of the new boot.
  await terminal.see('demo:~# ', from);
  await change(ref, { model, action: 'pause' });
  await letBite(terminal);
  expect(await rig.until(ref, 'the pause', ({ phase }) => phase === 'paused')).toMatchObject(stands);
  expect(notices()).toHaveLength(2);
  expect(notices().at(-1)).toBe("The guest's watchdog ran out: the machine stands.");
  await rig.driver.resume?.(rig.context(), ref);
  expect((await rig.driver.inspect(ref)).phase).toBe('running');

  await change(ref, { model, action: 'poweroff' });
  await letBite(terminal);
  expect(await rig.until(ref, 'the end', ({ phase }) => phase === 'crashed')).toMatchObject(poweredOff);
  expect(notices().at(-1)).toBe("The guest's watchdog ran out: the machine is powered off.");
});

test('the watchdog ib700: what it did while no host was there is told by the next one, and what it is to do stays', async () => {
  const image = join(rig.options.runtimeRoot, 'biting.img');
  mkdirSync(dirname(image), { recursive: true });
  writeBitingDisk(image);
  const model = 'ib700';
  const ref = await rig.create({ settings: { disks: [{ image }], watchdog: { model } } });
  await rig.driver.start(rig.context(), ref);
  expect(await rig.until(ref, 'the reset', ({ reason }) => reason.includes('watchdog'))).toMatchObject(wasReset);
  await change(ref, { model, action: 'pause' });
  await rig.restart();
  await rig.driver.recover(ref.id, ref.spec, ref.handle);
  expect(await rig.until(ref, 'the pause', ({ phase }) => phase === 'paused')).toMatchObject(stands);
  await rig.restart();
  await rig.driver.recover(ref.id, ref.spec, ref.handle);
  expect(await rig.driver.inspect(ref)).toMatchObject(stands);
  const changed = await change(ref, { model, action: 'poweroff' });
  await rig.driver.reset?.(rig.context(), ref);
  expect(await rig.driver.inspect(ref)).toMatchObject({ phase: 'running', reason: 'Running.' });
  expect(await rig.until(ref, 'the end', ({ phase }) => phase === 'crashed')).toMatchObject(poweredOff);
  await rig.driver.start(rig.context(), changed);
  expect(rig.record(ref).run?.argv).toContain('watchdog=poweroff');
  await rig.until(ref, 'the end of the second run', ({ phase }) => phase === 'crashed');
});
