import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoDocker } from '../../support/docker/daemon.ts';
import { type DockerRig, openDockerRig, reaches } from '../../support/docker/rig.ts';
import { stopProcess } from '../../support/stopped.ts';

const reason = await whyNoDocker();
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);
/** How far an operation has come when the engine stops, and for how long it does, milliseconds. */
const hang = { afterMs: 30, forMs: 700 };

describe.skipIf(reason !== null)(title('Docker: an engine that hangs for a moment'), () => {
  let rig: DockerRig;
  let folder: string;
  beforeAll(async () => {
    rig = await openDockerRig([], { checkpoints: false });
    folder = mkdtempSync(join(tmpdir(), 'nova-hung-'));
    writeFileSync(join(folder, 'Dockerfile'), 'FROM busybox:test\nRUN echo one > /one\nRUN echo two > /two\n');
  }, 120_000);
  afterAll(async () => {
    await rig?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Stops the engine in the middle of the work, lets it go on, and waits for the work. */
  const through = async <T>(work: () => Promise<T> | undefined): Promise<T> => {
    const pid = rig.daemon.child().pid as number;
    const working = Promise.resolve(work());
    // A failure is looked at below.
    working.catch(() => undefined);
    await sleep(hang.afterMs);
    stopProcess(pid);
    try {
      await sleep(hang.forMs);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    return (await working) as T;
  };

  it('fault 35: in the middle of each operation: all are through when it goes on, once', async () => {
    const { driver } = rig;
    const mounts = [{ type: 'volume', source: 'hung', target: '/data' }];
    const command = ['sh', '-c', 'trap exit TERM; while :; do sleep 0.1; done'];
    let ref = await through(() => rig.make({ command, mounts }));
    await through(() => driver.start(rig.context(), ref));
    await reaches(rig, ref, 'running');
    expect(await through(() => rig.shell(ref, 'echo one > /data/f; cat /data/f'))).toBe('one');
    await through(() => driver.pause?.(rig.context(), ref));
    await reaches(rig, ref, 'paused');
    await through(() => driver.resume?.(rig.context(), ref));
    await through(() =>
      driver.snapshots?.create(rig.context(), ref, { id: 'point', name: 'point', kind: 'disk', automatic: false }),
    );
    await rig.shell(ref, 'echo two > /data/f');
    const restored = await through(() =>
      driver.snapshots?.restore(rig.context(), ref, 'point', { keep: true, keepId: 'way' }),
    );
    ref = { ...ref, handle: restored?.handle ?? ref.handle };
    await reaches(rig, ref, 'running');
    expect(await rig.shell(ref, 'cat /data/f')).toBe('one');
    const to = { ...ref.spec, settings: { ...ref.spec.settings, hostname: 'changed' } };
    const changed = await through(() => driver.update?.(rig.context(), ref, to));
    ref = { ...ref, spec: to, handle: changed?.handle ?? ref.handle };
    expect(await rig.shell(ref, 'hostname; cat /data/f')).toBe('changed\none');
    await through(() => driver.snapshots?.remove(rig.context(), ref, 'way'));
    expect((await driver.snapshots?.list(ref))?.snapshots.map((one) => one.id)).toEqual(['point']);
    const built = await through(() => driver.images?.build?.(rig.context(), { path: folder, names: ['hung/box:1'] }));
    expect(built?.names).toEqual(['hung/box:1']);
    await through(() => driver.stop(rig.context(), ref, { graceMs: 20_000, force: true }));
    await reaches(rig, ref, 'stopped');
    await through(() => driver.remove(rig.context(), ref));
    expect(await rig.ours()).toEqual([]);
  });
});
