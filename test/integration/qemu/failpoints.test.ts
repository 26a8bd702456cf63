import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Handle } from '../../../drivers/driver.ts';
import { type FailpointName, setFailpoint } from '../../../drivers/failpoints.ts';
import { processesByUuid } from '../../../drivers/qemu/machine/identity.ts';
import type { WorkloadSpec } from '../../../drivers/spec.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';

let rig: Rig;
beforeEach(() => {
  rig = createRig();
});
afterEach(() => rig.close());

type Step = { name: string; value: unknown };

/** Lets a host lead a machine through its life, with a setting of failpoints. */
async function live(id: string, failpoints: string): Promise<{ signal: string | null; steps: Step[] }> {
  const { root, runtimeRoot, cacheDirectory } = rig.options;
  const program = join(import.meta.dirname, '../../support/qemu/life.ts');
  const child = spawn(process.execPath, [program, root, runtimeRoot, cacheDirectory, id], {
    env: { ...process.env, NOVACRON_FAILPOINTS: failpoints },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  const lines = Buffer.concat(chunks)
    .toString()
    .split('\n')
    .filter((line) => line !== '');
  return { signal, steps: lines.map((line) => JSON.parse(line) as Step) };
}

test.each<[string, FailpointName, string]>([
  ['faults 7-8: the host dies after the record of a create', 'qemu.create.recorded', 'lost'],
  ['faults 7-8: the host dies after the disks of a create', 'qemu.create.disks', 'lost'],
  ['faults 7-8: the host dies before QEMU is spawned', 'qemu.start.intent', 'stopped'],
  ['faults 7-8: the host dies right after QEMU was spawned', 'qemu.start.spawned', 'running'],
  ['faults 7-8: the host dies when the monitor is connected', 'qemu.start.connected', 'running'],
  ['faults 7-8: the host dies after the start', 'qemu.start.recorded', 'running'],
  ['faults 7-8: the host dies in a removal', 'qemu.remove.intent', 'lost'],
])('%s', async (_title, point, phase) => {
  const id = randomUUID();
  const { signal, steps } = await live(id, `${point}=kill`);
  expect(signal).toBe('SIGKILL');
  const value = (name: string): unknown => steps.find((step) => step.name === name)?.value ?? null;
  const spec = value('resolved') as WorkloadSpec;
  const handle = value('created') as Handle | null;
  const running = [...processesByUuid()].filter(([uuid]) => uuid === handle?.['uuid']);
  const recovered = await rig.driver.recover(id, spec, handle);
  expect(recovered.observation.phase).toBe(phase);
  expect(recovered.observation.attention).toBeUndefined();
  // Adopted or undone, never both.
  expect(running).toHaveLength(phase === 'running' ? 1 : 0);
  if (phase === 'lost') {
    expect(recovered.handle).toBeNull();
    expect(readdirSync(rig.options.root)).toEqual([]);
  } else {
    expect(recovered.observation.pid).toBe(running[0]?.[1]);
    expect(recovered.handle).toEqual(handle);
    const ref = { id, name: spec.name, spec, handle: handle ?? { version: 1 } };
    await rig.driver.start(rig.context(), ref);
    expect((await rig.driver.inspect(ref)).phase).toBe('running');
    await rig.driver.remove(rig.context(), ref);
  }
  await rig.driver.discover?.();
  expect(readdirSync(rig.options.root)).toEqual([]);
  expect(existsSync(rig.options.runtimeRoot) ? readdirSync(rig.options.runtimeRoot) : []).toEqual([]);
});

test('without failpoints the life is led to its end', async () => {
  const { signal, steps } = await live(randomUUID(), '');
  expect(signal).toBeNull();
  expect(steps.map(({ name }) => name)).toEqual(['resolved', 'created', 'started', 'removed']);
});

test.each<[FailpointName, string]>([
  ['qemu.create.disks', 'lost'],
  ['qemu.start.spawned', 'stopped'],
  ['qemu.start.connected', 'stopped'],
])('a failure at %s is undone', async (point, phase) => {
  const early = point.startsWith('qemu.create');
  try {
    if (early) {
      setFailpoint(point, 'fail');
      await expect(rig.create()).rejects.toMatchObject({ code: 'internal' });
      expect(readdirSync(rig.options.root)).toEqual([]);
      return;
    }
    const ref = await rig.create();
    setFailpoint(point, 'fail');
    await expect(rig.driver.start(rig.context(), ref)).rejects.toMatchObject({ code: 'internal' });
    expect((await rig.driver.inspect(ref)).phase).toBe(phase);
    expect(processesByUuid().has(rig.record(ref).uuid)).toBe(false);
    setFailpoint(point, null);
    await rig.driver.start(rig.context(), ref);
  } finally {
    setFailpoint(point, null);
  }
});
