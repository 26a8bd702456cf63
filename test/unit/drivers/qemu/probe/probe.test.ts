import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { capabilityNames, type Probe } from '../../../../../drivers/driver.ts';
import { findBinaries } from '../../../../../drivers/qemu/probe/binaries.ts';
import { judgeBoot } from '../../../../../drivers/qemu/probe/boot-test.ts';
import { createProbeCache } from '../../../../../drivers/qemu/probe/cache.ts';
import { candidates, createEngine } from '../../../../../drivers/qemu/probe/engine.ts';
import { kvmObstacle } from '../../../../../drivers/qemu/probe/kvm-device.ts';
import { payloadImage } from '../../../../../drivers/qemu/probe/payload.ts';
import { watchEngine } from '../../../../../drivers/qemu/probe/probe.ts';
import type { ToolResult } from '../../../../../drivers/qemu/probe/tool.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nq-probe-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function program(name: string, script: string): string {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

async function firstProbes(searchPath: string, count: number): Promise<Probe[]> {
  const controller = new AbortController();
  const probes: Probe[] = [];
  const engine = createEngine({
    cacheDirectory: join(directory, 'cache'),
    searchPath,
    kvmDevice: join(directory, 'kvm'),
  });
  for await (const probe of watchEngine(engine, controller.signal)) {
    probes.push(probe);
    if (probes.length === count) {
      controller.abort();
    }
  }
  return probes;
}

const ended = (change: Partial<ToolResult>): ToolResult => ({
  exitCode: null,
  signal: null,
  stdout: '',
  stderr: '',
  timedOut: false,
  failure: null,
  ...change,
});

test.each<[string, ToolResult, string, boolean, RegExp]>([
  ['works', ended({ exitCode: 0x55 }), 'K', true, /test guest ran/],
  ['faults 17-20: hangs', ended({ timedOut: true, signal: 'SIGKILL' }), '', false, /hung/],
  ['faults 17-20: aborts', ended({ signal: 'SIGABRT', stderr: 'failed to set MSR\n' }), '', false, /died .*SIGABRT/],
  ['faults 17-20: refuses', ended({ exitCode: 1, stderr: 'no KVM\n' }), '', false, /no KVM/],
  ['the marker without the exit', ended({ timedOut: true }), 'K', false, /hung/],
  ['the exit without the marker', ended({ exitCode: 0x55 }), '', false, /does not work/],
  ['cannot be run', ended({ failure: 'ENOENT' }), '', false, /ENOENT/],
])('%s', (_title, result, output, works, reason) => {
  const verdict = judgeBoot(result, output, 'kvm');
  expect(verdict.works).toBe(works);
  expect(verdict.reason).toMatch(reason);
});

test('the payload fills its 64 KiB and starts at the reset vector', () => {
  const image = payloadImage();
  expect(image).toHaveLength(0x10000);
  expect(image.subarray(0xfff0, 0xfff5).toString('hex')).toBe('ea000000f0');
  expect(image[0]).toBe(0xfa);
});

test('fault 17: no KVM device is told with what to switch on', () => {
  expect(kvmObstacle(join(directory, 'none'))).toMatchObject({ reason: expect.stringContaining('does not exist') });
});

test.skipIf(process.getuid?.() === 0)('fault 18: a forbidden KVM device (root may open everything)', () => {
  const device = join(directory, 'kvm');
  writeFileSync(device, '');
  chmodSync(device, 0);
  expect(kvmObstacle(device)?.fix.command).toContain('usermod');
});

test('accelerators that can be there', () => {
  expect(candidates('x86_64', 'linux', 'x64')).toEqual(['kvm', 'tcg']);
  expect(candidates('aarch64', 'linux', 'x64')).toEqual(['tcg']);
  expect(candidates('aarch64', 'darwin', 'arm64')).toEqual(['hvf', 'tcg']);
  expect(candidates('x86_64', 'win32', 'x64')).toEqual(['whpx', 'tcg']);
});

test('no QEMU: undetected at once, with how to install it and a reason for every capability', async () => {
  mkdirSync(join(directory, 'empty'));
  const [probe] = await firstProbes(join(directory, 'empty'), 1);
  expect(probe?.health).toBe('undetected');
  expect(probe?.fixes.length).toBeGreaterThan(0);
  for (const name of capabilityNames) {
    expect(probe?.capabilities[name]).toMatchObject({ available: false, reason: expect.any(String) });
  }
});

test('a QEMU that hangs delays nobody, and one that does not start is unhealthy with its words', async () => {
  program('qemu-system-x86_64', 'sleep 0.3; echo broken >&2; exit 1');
  const [early, late] = await firstProbes(`${directory}:/usr/bin:/bin`, 2);
  expect(early?.summary).toBe('QEMU is being tried.');
  expect(late).toMatchObject({ health: 'unhealthy', summary: expect.stringContaining('broken') });
});

test('programs of other architectures are found, others are not', () => {
  program('qemu-system-riscv64', '');
  program('qemu-system-x86_64', '');
  program('qemu-system-', '');
  writeFileSync(join(directory, 'qemu-system-arm'), '');
  expect(findBinaries(`${directory}:/nonexistent`).map(({ arch }) => arch)).toEqual(['riscv64', 'x86_64']);
});

test('the cache keeps over instances, heals when damaged, and drops what does not fit', async () => {
  const file = join(directory, 'sub', 'cache.json');
  let made = 0;
  const get = () => createProbeCache(file).get('key', z.object({ n: z.number() }), async () => ({ n: ++made }));
  expect([await get(), await get()]).toEqual([{ n: 1 }, { n: 1 }]);
  writeFileSync(file, '{"key": {"n": "text"}}');
  expect(await get()).toEqual({ n: 2 });
  writeFileSync(file, 'damaged');
  expect(await get()).toEqual({ n: 3 });
});
