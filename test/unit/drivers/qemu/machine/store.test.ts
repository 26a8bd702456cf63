import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newRecord } from '../../../../../drivers/qemu/lifecycle/create.ts';
import { removeBeneath, sweepRemoved } from '../../../../../drivers/qemu/machine/files.ts';
import { machinePaths } from '../../../../../drivers/qemu/machine/paths.ts';
import { createMachineStore } from '../../../../../drivers/qemu/machine/store.ts';
import { workloadSpecSchema } from '../../../../../drivers/spec.ts';

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'nq-store-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const open = () =>
  createMachineStore({ root: join(base, 'm'), runtimeRoot: join(base, 'r'), onConnected: () => undefined });
const spec = workloadSpecSchema.parse({ name: 'a', driver: 'qemu' });
const id = 'machine-0001';

test('a record survives, is private, and is one object per id', () => {
  const store = open();
  const machine = store.create(newRecord(id, spec, null));
  machine.save((record) => ({ ...record, boots: 3 }));
  expect(store.find(id)).toBe(machine);
  expect(open().machine(id).record).toEqual(machine.record);
  expect(statSync(machine.paths.directory).mode & 0o777).toBe(0o700);
  expect(statSync(machine.paths.runtime).mode & 0o777).toBe(0o700);
  expect(statSync(machine.paths.record).mode & 0o777).toBe(0o600);
  expect(() => store.create(newRecord(id, spec, null))).toThrowError(
    expect.objectContaining({ code: 'already_exists' }),
  );
  expect(store.ids()).toEqual([id]);
  store.destroy(id);
  store.destroy(id);
  expect(store.find(id)).toBeNull();
  expect(readdirSync(join(base, 'm'))).toEqual([]);
  expect(readdirSync(join(base, 'r'))).toEqual([]);
});

test.each(['../../etc', 'a/b', '', '.removed-x', 'short', 'x'.repeat(65), 'a\0bcdefgh'])('%j is no id', (bad) => {
  expect(() => open().find(bad)).toThrowError(expect.objectContaining({ code: 'invalid_spec' }));
});

test('fault 65: a record of a newer version, or a damaged one, is left alone and told', () => {
  for (const text of ['{"version": 2}', 'not json', '']) {
    const paths = machinePaths(join(base, 'm'), join(base, 'r'), id);
    mkdirSync(paths.directory, { recursive: true });
    writeFileSync(paths.record, text);
    expect(() => open().find(id)).toThrowError(expect.objectContaining({ code: 'conflict' }));
    expect(existsSync(paths.record)).toBe(true);
  }
});

test('faults 7-8: nothing outside our root is removed, whatever a link says', () => {
  const outside = join(base, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'file'), 'x');
  mkdirSync(join(base, 'm'));
  symlinkSync(outside, join(base, 'm', id));
  expect(() => removeBeneath(join(base, 'm'), join(base, 'm', id))).toThrowError(
    expect.objectContaining({ code: 'conflict' }),
  );
  expect(existsSync(join(outside, 'file'))).toBe(true);
});

test('a removal that was cut off is finished by the next look', () => {
  mkdirSync(join(base, 'm', '.removed-x', 'disks'), { recursive: true });
  sweepRemoved(join(base, 'm'));
  expect(readdirSync(join(base, 'm'))).toEqual([]);
});

test('fault 64: socket addresses stay short under any id', () => {
  const paths = machinePaths('/data', '/run/user/1000/novacron-0123456789abcdef', 'x'.repeat(64));
  for (const socket of [paths.qmpSocket, paths.spareQmpSocket]) {
    expect(Buffer.byteLength(socket)).toBeLessThan(104);
  }
});
