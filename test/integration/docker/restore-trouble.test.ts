import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MiB } from '../../../drivers/spec.ts';
import { whyNoDocker } from '../../support/docker/daemon.ts';
import { type DockerRig, openDockerRig, reaches } from '../../support/docker/rig.ts';

const reason = await whyNoDocker();
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);
// Ends at once when it is asked to.
const command = ['sh', '-c', 'trap exit TERM; while :; do sleep 0.1; done'];

describe.skipIf(reason !== null)(title('Docker: a way back that the engine refuses'), () => {
  let rig: DockerRig;
  let folder: string;
  beforeAll(async () => {
    rig = await openDockerRig([], { checkpoints: false });
    folder = mkdtempSync(join(tmpdir(), 'nova-gone-'));
  }, 120_000);
  afterAll(async () => {
    await rig?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
  const group = () => {
    const { snapshots } = rig.driver;
    if (snapshots === undefined) throw new Error('there are no snapshots');
    return snapshots;
  };
  const refused = {
    code: 'invalid_spec',
    message: expect.stringContaining('bind source path does not exist') as string,
  };

  /** One whose snapshot wants a folder that is not there any more. */
  const withoutItsFolder = async (volume: string) => {
    mkdirSync(join(folder, volume));
    const bind = { type: 'bind', source: join(folder, volume), target: '/folder' };
    const mounts = [{ type: 'volume', source: volume, target: '/data' }];
    let ref = await rig.run({ command, mounts: [...mounts, bind] });
    await rig.shell(ref, 'echo old > /data/f; echo old > /f');
    await group().create(rig.context(), ref, { id: `${volume}-point`, name: 'point', kind: 'disk' });
    const to = { ...ref.spec, settings: { ...ref.spec.settings, mounts: [{ ...mounts[0], readOnly: false }] } };
    const changed = await rig.driver.update?.(rig.context(), ref, to);
    ref = { ...ref, spec: to, handle: changed?.handle ?? ref.handle };
    await rig.shell(ref, 'echo new > /data/f; echo new > /f');
    rmSync(bind.source, { recursive: true });
    return { ref, point: `${volume}-point`, source: bind.source };
  };

  it('what was before comes back, with its files and volumes, and runs', async () => {
    const { ref, point } = await withoutItsFolder('kept');
    const restoring = group().restore(rig.context(), ref, point, { keep: true, keepId: 'kept-way' });
    await expect(restoring).rejects.toMatchObject({
      ...refused,
      message: expect.stringMatching(/bind source path does not exist.*What was before is back/) as string,
    });
    await reaches(rig, ref, 'running');
    expect(await rig.shell(ref, 'cat /data/f /f')).toBe('new\nnew');
    expect((await rig.docker('inspect', '-f', '{{len .Mounts}}', ref.name))[0]).toBe('1');
    // It works on with it.
    await group().create(rig.context(), ref, { id: 'kept-more', name: 'more', kind: 'disk' });
    await rig.driver.remove(rig.context(), ref);
    expect(await rig.ours(ref.id)).toEqual([]);
  });

  it('without a restore point it goes on with a start, as soon as it can', async () => {
    const { ref, point, source } = await withoutItsFolder('alone');
    const restoring = group().restore(rig.context(), ref, point, { keep: false, keepId: '' });
    await expect(restoring).rejects.toMatchObject(refused);
    expect(await rig.driver.inspect(ref)).toMatchObject({
      phase: 'stopped',
      reason: expect.stringContaining('a start goes on') as string,
    });
    await expect(rig.driver.start(rig.context(), ref)).rejects.toMatchObject(refused);
    mkdirSync(source);
    await rig.driver.start(rig.context(), ref);
    await reaches(rig, ref, 'running');
    expect(await rig.shell(ref, 'cat /data/f /f')).toBe('old\nold');
    await rig.driver.remove(rig.context(), ref);
    expect(await rig.ours(ref.id)).toEqual([]);
  });

  it('fault 38: one that somebody else removed comes back from its snapshot', async () => {
    const ref = await rig.run({ command, mounts: [{ type: 'volume', source: 'back', target: '/data' }] });
    await rig.shell(ref, 'echo old > /data/f; echo old > /f');
    await group().create(rig.context(), ref, { id: 'back-point', name: 'point', kind: 'disk' });
    await rig.docker('rm', '-f', '-v', ref.name);
    expect((await rig.driver.inspect(ref)).phase).toBe('lost');
    const done = await group().restore(rig.context(), ref, 'back-point', { keep: true, keepId: 'back-way' });
    expect(done.kept).toBeNull();
    await rig.driver.start(rig.context(), ref);
    await reaches(rig, ref, 'running');
    expect(await rig.shell(ref, 'cat /data/f /f')).toBe('old\nold');
    await rig.driver.remove(rig.context(), ref);
    expect(await rig.ours(ref.id)).toEqual([]);
  });
});

const mountable =
  reason === null && (await execa('unshare', ['-m', 'mount', '-t', 'tmpfs', 'x', '/mnt'], { reject: false }));
const noDisk =
  reason ?? (mountable !== false && mountable.exitCode === 0 ? null : 'no file system can be mounted here');
describe.skipIf(noDisk !== null)(`Docker on a full disk${noDisk === null ? '' : ` [skipped: ${noDisk}]`}`, () => {
  it('fault 22: a way back for which there is no room is told, and what was before is back', async () => {
    const rig = await openDockerRig([], { checkpoints: false, dataBytes: 64 * MiB });
    try {
      const ref = await rig.run({ command, mounts: [{ type: 'volume', source: 'room', target: '/data' }] });
      await rig.shell(ref, 'dd if=/dev/zero of=/data/big bs=1M count=20 2>/dev/null');
      const group = rig.driver.snapshots;
      await group?.create(rig.context(), ref, { id: 'room', name: 'room', kind: 'disk' });
      await rig.shell(ref, 'rm /data/big; echo new > /data/f');
      const other = await rig.run({ command, mounts: [{ type: 'volume', source: 'other', target: '/data' }] });
      await rig.shell(other, 'dd if=/dev/zero of=/data/big bs=1M count=30 2>/dev/null');
      const restoring = group?.restore(rig.context(), ref, 'room', { keep: true, keepId: 'way' });
      await expect(restoring).rejects.toMatchObject({
        code: 'resource_exhausted',
        message: expect.stringContaining('What was before is back') as string,
      });
      await reaches(rig, ref, 'running');
      expect(await rig.shell(ref, 'ls /data; cat /data/f')).toBe('f\nnew');
    } finally {
      await rig.dispose();
    }
  });

  it('fault 22: an image for which there is no room is told, and nothing of it is left', async () => {
    const rig = await openDockerRig(['--max-download-attempts=1'], { checkpoints: false, dataBytes: 24 * MiB });
    const program = resolve(import.meta.dirname, '../../support/docker/evil-registry.ts');
    const registry = rig.daemon.run([process.execPath, program, 'large']);
    try {
      const [port] = (await once(registry.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
      const name = `localhost:${String(port).trim()}/large:1`;
      const images = await rig.docker('images', '-aq');
      const free = async (): Promise<number> => (await statfs(join(rig.daemon.directory, 'data'))).bavail;
      const before = await free();
      await expect(rig.driver.images?.pull(rig.context(), name)).rejects.toMatchObject({
        code: 'resource_exhausted',
        details: { fixes: [expect.stringContaining('Free space') as string] },
      });
      expect(await rig.docker('images', '-aq')).toEqual(images);
      // The part that came is given back.
      await expect.poll(free, { timeout: 60_000 }).toBeGreaterThan(before * 0.9);
      const ref = await rig.run({ command });
      await reaches(rig, ref, 'running');
    } finally {
      registry.kill('SIGKILL');
      await rig.dispose();
    }
  });
});
