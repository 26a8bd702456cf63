import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MiB } from '../../../drivers/spec.ts';
import { expectSound, readBytes } from '../../support/qemu/disks.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';

let rig: Rig;
let directory = '';
beforeEach(() => {
  rig = createRig();
  directory = join(rig.options.root, '..', 'images');
  mkdirSync(directory);
});
afterEach(() => rig.close());

/** An image of 8 MiB in a format, with a word at its beginning. */
function image(format: string, name = `one.${format}`): string {
  const raw = join(directory, 'source.raw');
  execFileSync('truncate', ['-s', '8M', raw]);
  const fd = openSync(raw, 'r+');
  writeSync(fd, 'content', 0);
  closeSync(fd);
  const path = join(directory, name);
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', format, raw, path]);
  return path;
}

const create = (path: string, more: Record<string, unknown> = {}) =>
  rig.create({ settings: { disks: [{ image: path, ...more }] } });

test.each(['raw', 'qcow2', 'vmdk', 'vdi', 'vhdx'])(
  '%s: beneath an overlay and imported, with the content',
  async (format) => {
    const path = image(format);
    const before = readFileSync(path);
    for (const use of ['overlay', 'import'] as const) {
      const ref = await create(path, { use, sizeBytes: 16 * MiB });
      const record = rig.record(ref);
      expect(record.disks[0]?.virtualBytes).toBe(16 * MiB);
      const first = await readBytes(rig, ref, record.disks[0]?.layerId ?? '', 512);
      expect(first.toString('latin1').replaceAll('\0', '')).toBe('content');
      const plan = await rig.driver.plan(ref.spec);
      const words = plan.commands[0]?.join(' ');
      expect(words).toContain(use === 'overlay' ? `-F ${format}` : `"driver":"${format}"`);
      const { nextStart } = await rig.driver.describe(ref);
      await rig.driver.start(rig.context(), ref);
      expect((await rig.driver.inspect(ref)).phase).toBe('running');
      expect(nextStart).toEqual({ commandLine: rig.record(ref).run?.argv });
      await expectSound(rig, ref);
    }
    expect(readFileSync(path).equals(before)).toBe(true);
  },
);

test('fault 55: names that a tool could take for more than a name are carried literally', async () => {
  for (const name of ['a,b=c.qcow2', 'json:{}', 'nbd:x', 'fat:y', 'two words "x"', '-rf', 'umlaut-ü-😀']) {
    const path = image('qcow2', `./${name}`);
    const ref = await create(path);
    await rig.driver.start(rig.context(), ref);
    expect((await rig.driver.inspect(ref)).phase).toBe('running');
    await rig.driver.remove(rig.context(), ref);
  }
});

test('fault 29: an image that another program writes to is refused, and the program is named', async () => {
  const path = image('qcow2');
  const holder = spawn('qemu-io', ['-f', 'qcow2', path], { stdio: ['pipe', 'pipe', 'inherit'] });
  // Its prompt comes when the image is open.
  await once(holder.stdout, 'data');
  try {
    await expect(create(path)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`qemu-io (pid ${holder.pid})`),
    });
  } finally {
    holder.kill('SIGKILL');
    await once(holder, 'exit');
  }
  expect(readdirSync(rig.options.root)).toEqual([]);
  await create(path);
});

test('fault 30: cut off and damaged images are refused, and nothing is left', async () => {
  const cut = image('qcow2', 'cut.qcow2');
  truncateSync(cut, 70_000);
  await expect(create(cut)).rejects.toMatchObject({
    code: 'invalid_spec',
    message: expect.stringContaining('cut off'),
  });
  const bad = image('qcow2', 'bad.qcow2');
  const fd = openSync(bad, 'r+');
  // The first entry of its cluster table: a cluster far outside.
  const table = Number(readFileSync(bad).readBigUInt64BE(40));
  const entry = Buffer.alloc(8);
  entry.writeBigUInt64BE(0x8000_0000_0fff_0000n);
  writeSync(fd, entry, 0, 8, table);
  closeSync(fd);
  await expect(create(bad)).rejects.toMatchObject({ code: 'invalid_spec', message: expect.stringContaining('check') });
  expect(readdirSync(rig.options.root)).toEqual([]);
});

test('fault 56: an image that stands on another file is refused before any tool opens it', async () => {
  const path = join(directory, 'evil.qcow2');
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-u', '-b', '/etc/passwd', '-F', 'raw', path, '8M']);
  const { atimeMs } = statSync('/etc/passwd');
  await expect(create(path)).rejects.toMatchObject({
    code: 'invalid_spec',
    message: expect.stringContaining('backing file'),
  });
  expect(statSync('/etc/passwd').atimeMs).toBe(atimeMs);
});
