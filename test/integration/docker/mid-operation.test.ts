import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NovaError } from '../../../drivers/errors.ts';
import { MiB } from '../../../drivers/spec.ts';
import { whyNoDocker } from '../../support/docker/daemon.ts';
import { type DockerRig, openDockerRig, reaches } from '../../support/docker/rig.ts';
import { stopProcess } from '../../support/stopped.ts';

const reason = await whyNoDocker();
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);
const mounts = [{ type: 'volume', source: 'mid', target: '/data' }];

describe.skipIf(reason !== null)(title('Docker: the engine fails in the middle of an operation'), () => {
  let rig: DockerRig;
  beforeAll(async () => {
    // The containers live on while the engine is away.
    rig = await openDockerRig(['--live-restore'], { checkpoints: false });
  }, 120_000);
  afterEach(() => rig.clean());
  afterAll(() => rig?.dispose());

  it('fault 34: killed in a snapshot, a restore and a removal: told, finished or undone, nothing half there', async () => {
    let ref = await rig.run({ mounts });
    await rig.shell(ref, 'dd if=/dev/zero of=/data/big bs=1M count=40 2>/dev/null; echo one > /data/f');
    const group = rig.driver.snapshots;
    await group?.create(rig.context(), ref, { id: 'base', name: 'base', kind: 'disk' });
    // Behind the freeze: of an engine that dies in its very moment the shim takes no command any more until the container is restarted.
    let freeze = (): void => undefined;
    const frozen = new Promise<void>((resolve) => (freeze = resolve));
    const freezing = { ...rig.context(), progress: () => freeze() };
    const begin: Record<string, () => Promise<unknown> | undefined> = {
      snapshot: () => group?.create(freezing, ref, { id: 'cut', name: 'cut', kind: 'disk' }),
      restore: () => group?.restore(rig.context(), ref, 'base', { keep: false, keepId: '' }),
      remove: () => rig.driver.remove(rig.context(), ref),
    };
    for (const [verb, work] of Object.entries(begin)) {
      const ended = Promise.resolve(work()).then(
        () => null,
        (error: unknown) => error,
      );
      await (verb === 'snapshot' ? Promise.race([frozen, ended]) : sleep(120));
      await rig.daemon.stop('SIGKILL');
      const failure = await ended;
      // It was through, or it is told in our own words.
      if (failure !== null) expect(failure, verb).toBeInstanceOf(NovaError);
      await rig.daemon.start();
      if (verb === 'remove') break;
      const found = await rig.driver.recover(ref.id, ref.spec, ref.handle);
      expect(found.observation.phase, verb).toMatch(/running|stopped|crashed/);
      if (found.handle !== null) ref = { ...ref, handle: found.handle };
      const tree = await group?.list(ref);
      // What is listed has its image and its volume.
      const images = await rig.docker('images', '-q', '--no-trunc');
      expect(tree?.snapshots.length, verb).toBeGreaterThan(0);
      expect(images.length, verb).toBeGreaterThan(tree?.snapshots.length ?? 0);
      await rig.driver.start(rig.context(), ref);
      await reaches(rig, ref, 'running');
      expect(await rig.shell(ref, 'cat /data/f')).toBe('one');
    }
    await rig.driver.remove(rig.context(), ref);
    expect(await rig.ours()).toEqual([]);
  });

  it('fault 34: killed at the begin of a restore: told, and the container is as it was, also after the next start of the host', async () => {
    const ref = await rig.run();
    const group = rig.driver.snapshots;
    await group?.create(rig.context(), ref, { id: 'base', name: 'base', kind: 'disk' });
    await rig.shell(ref, 'echo since > /since');
    const before = await rig.driver.inspect(ref);
    const dying = {
      ...rig.context(),
      // It is told when all is looked at and nothing is done yet.
      progress: () => void rig.daemon.child().kill('SIGKILL'),
    };
    const failure = group?.restore(dying, ref, 'base', { keep: false, keepId: '' });
    await expect(failure).rejects.toMatchObject({ code: 'engine_unavailable' });
    await rig.daemon.stop('SIGKILL');
    await rig.daemon.start();
    await rig.restartHost();
    const found = await rig.driver.recover(ref.id, ref.spec, ref.handle);
    expect(found.observation).toMatchObject({ phase: 'running', pid: before.pid });
    expect(await rig.shell(ref, 'cat /since')).toBe('since');
    expect((await rig.ours(ref.id)).filter((one) => one.startsWith('container'))).toHaveLength(1);
    await rig.driver.remove(rig.context(), ref);
  });

  it('fault 34: killed in a restore and asked again: done, without a new start of the host', async () => {
    let ref = await rig.run({ mounts });
    await rig.shell(ref, 'echo one > /data/f; echo one > /f');
    const group = rig.driver.snapshots;
    await group?.create(rig.context(), ref, { id: 'base', name: 'base', kind: 'disk' });
    await rig.shell(ref, 'echo two > /data/f; echo two > /f');
    const first = Promise.resolve(group?.restore(rig.context(), ref, 'base', { keep: false, keepId: '' })).catch(
      (error: unknown) => error,
    );
    await sleep(250);
    await rig.daemon.stop('SIGKILL');
    await first;
    await rig.daemon.start();
    const done = await group?.restore(rig.context(), ref, 'base', { keep: false, keepId: '' });
    ref = { ...ref, handle: done?.handle ?? ref.handle };
    await rig.driver.start(rig.context(), ref);
    await reaches(rig, ref, 'running');
    expect(await rig.shell(ref, 'cat /data/f /f')).toBe('one\none');
    expect((await rig.ours(ref.id)).filter((one) => one.startsWith('container'))).toHaveLength(1);
    await rig.driver.remove(rig.context(), ref);
  });

  it('fault 35: hung for a moment in a snapshot: it goes on when the engine does', async () => {
    const ref = await rig.run({ mounts });
    await rig.shell(ref, 'dd if=/dev/zero of=/data/big bs=1M count=20 2>/dev/null');
    const taken = rig.driver.snapshots?.create(rig.context(), ref, { id: 'hung', name: 'hung', kind: 'disk' });
    const pid = rig.daemon.child().pid as number;
    await sleep(50);
    stopProcess(pid);
    await sleep(1_000);
    process.kill(pid, 'SIGCONT');
    expect(await taken).toMatchObject({ id: 'hung' });
    await reaches(rig, ref, 'running');
    await rig.driver.remove(rig.context(), ref);
    expect(await rig.ours()).toEqual([]);
  });

  it('fault 38: removed behind our back in a snapshot: told, and nothing of it is left', async () => {
    const ref = await rig.run({ mounts });
    await rig.shell(ref, 'dd if=/dev/zero of=/data/big bs=1M count=20 2>/dev/null');
    const taken = Promise.resolve(
      rig.driver.snapshots?.create(rig.context(), ref, { id: 'gone', name: 'gone', kind: 'disk' }),
    ).catch((error: unknown) => error);
    await rig.docker('rm', '-f', ref.name);
    const ended = await taken;
    if (ended instanceof Error) expect(ended).toBeInstanceOf(NovaError);
    expect((await rig.driver.inspect(ref)).phase).toBe('lost');
    await rig.driver.remove(rig.context(), ref);
    expect(await rig.ours()).toEqual([]);
  });
});

const mountable =
  reason === null && (await execa('unshare', ['-m', 'mount', '-t', 'tmpfs', 'x', '/mnt'], { reject: false }));
const noDisk =
  reason ?? (mountable !== false && mountable.exitCode === 0 ? null : 'no file system can be mounted here');
describe.skipIf(noDisk !== null)(`Docker on a full disk${noDisk === null ? '' : ` [skipped: ${noDisk}]`}`, () => {
  it('fault 22: a snapshot that does not fit is told and leaves nothing; the container runs on', async () => {
    const rig = await openDockerRig([], { checkpoints: false, dataBytes: 96 * MiB });
    try {
      const ref = await rig.run({ mounts });
      await rig.shell(ref, 'dd if=/dev/zero of=/data/big bs=1M count=60 2>/dev/null');
      const before = await rig.driver.inspect(ref);
      const taken = rig.driver.snapshots?.create(rig.context(), ref, { id: 'full', name: 'full', kind: 'disk' });
      await expect(taken).rejects.toMatchObject({ code: 'resource_exhausted' });
      expect((await rig.ours()).filter((one) => !one.startsWith('container'))).toEqual([]);
      await reaches(rig, ref, 'running');
      expect((await rig.driver.inspect(ref)).pid).toBe(before.pid);
      // With room again it works.
      await rig.shell(ref, 'rm /data/big');
      await rig.driver.snapshots?.create(rig.context(), ref, { id: 'fits', name: 'fits', kind: 'disk' });
      await rig.driver.remove(rig.context(), ref);
      expect(await rig.ours()).toEqual([]);
    } finally {
      await rig.dispose();
    }
  });
});
