import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SnapshotGroup, WorkloadRef } from '../../../drivers/driver.ts';
import { failpointNames } from '../../../drivers/failpoints.ts';
import type { WorkloadSpec } from '../../../drivers/spec.ts';
import { whyNoDocker } from '../../support/docker/daemon.ts';
import { type DockerRig, openDockerRig, reaches } from '../../support/docker/rig.ts';

const reason = await whyNoDocker();
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);
const points = failpointNames.filter((name) => name.startsWith('docker.change.'));
/** Ends at once when it is asked to. */
const command = ['sh', '-c', 'trap "exit 0" TERM; echo up; while :; do sleep 0.1; done'];
const mounts = [{ type: 'volume', source: 'kept-data', target: '/data' }];

describe.skipIf(reason !== null)(title('Docker: a change that makes the container anew'), () => {
  let rig: DockerRig;
  let withVolume = '';
  beforeAll(async () => {
    rig = await openDockerRig([], { checkpoints: false });
    // An image that asks for a volume of its own.
    const [id] = await rig.docker('create', rig.image, 'true');
    withVolume = 'anonymous:test';
    await rig.docker('commit', '--change', 'VOLUME /own', String(id), withVolume);
    await rig.docker('rm', String(id));
  }, 120_000);
  afterEach(() => rig.clean());
  afterAll(() => rig?.dispose());

  const changed = (ref: WorkloadRef, settings: Record<string, unknown>): WorkloadSpec => ({
    ...ref.spec,
    settings: { ...ref.spec.settings, ...settings },
  });
  const update = async (ref: WorkloadRef, to: WorkloadSpec): Promise<WorkloadRef> => {
    const done = await rig.driver.update?.(rig.context(), ref, to);
    return { ...ref, spec: to, handle: done?.handle ?? ref.handle };
  };
  const revert = async (ref: WorkloadRef): Promise<WorkloadRef> => {
    const done = await rig.driver.kept?.revert(rig.context(), ref);
    return { ...ref, spec: done?.spec ?? ref.spec, handle: done?.handle ?? ref.handle };
  };
  const idOf = (ref: WorkloadRef): string => String(ref.handle['containerId']);
  const containers = async (): Promise<string[]> =>
    (await rig.docker('ps', '-a', '--format', '{{.Names}} {{.State}}')).sort();
  const aside = (ref: WorkloadRef): string => `novacron-kept-${idOf(ref).slice(0, 12)} exited`;

  it('keeps the old one until the next change: it comes back as the same container, with its own files', async () => {
    const first = await rig.run({ image: withVolume, command, mounts });
    await rig.shell(first, 'for f in /f /data/f /own/f; do echo one > $f; done');
    const ports = [{ hostPort: 18_301, containerPort: 80 }];
    let ref = await update(first, changed(first, { ports }));
    await reaches(rig, ref, 'running');
    expect(idOf(ref)).not.toBe(idOf(first));
    expect(await rig.shell(ref, 'cat /f /data/f /own/f')).toBe('one\none\none');
    expect(await containers()).toEqual([aside(first), `${ref.name} running`]);
    // It is no second workload, nobody else's, and in nobody's way.
    expect(await rig.driver.discover?.()).toEqual([]);
    expect((await rig.driver.discover?.({ own: true }))?.map((one) => one.engineId)).toEqual([ref.id]);
    expect(await rig.driver.kept?.get(ref)).toMatchObject({ spec: first.spec });
    await rig.restartHost();
    expect(await rig.driver.discover?.()).toEqual([]);

    await rig.shell(ref, 'for f in /f /data/f /own/f; do echo two > $f; done');
    const second = ref;
    ref = await revert(ref);
    await reaches(rig, ref, 'running');
    expect(idOf(ref)).toBe(idOf(first));
    expect(ref.spec).toEqual(first.spec);
    // The layer is its own, volumes are one for both.
    expect(await rig.shell(ref, 'cat /f /data/f /own/f')).toBe('one\ntwo\ntwo');
    expect(await containers()).toEqual([aside(second), `${ref.name} running`]);
    // And forth again.
    ref = await revert(ref);
    expect(idOf(ref)).toBe(idOf(second));
    expect(await rig.shell(ref, 'cat /f')).toBe('two');

    // The next change takes its place; what was kept goes, and what only it needed.
    ref = await update(ref, changed(ref, { ports: [], env: { MORE: '1' } }));
    expect(await containers()).toEqual([aside(second), `${ref.name} running`]);
    expect(await rig.shell(ref, 'cat /f /own/f; echo $MORE')).toBe('two\ntwo\n1');
    await rig.driver.kept?.drop(rig.context(), ref);
    await rig.driver.kept?.drop(rig.context(), ref);
    expect(await rig.driver.kept?.get(ref)).toBeNull();
    await expect(revert(ref)).rejects.toMatchObject({ code: 'not_found' });
    expect(await containers()).toEqual([`${ref.name} running`]);

    ref = await update(ref, changed(ref, { env: {} }));
    await rig.driver.remove(rig.context(), ref);
    expect(await containers()).toEqual([]);
    expect(await rig.ours()).toEqual([]);
    expect(await rig.docker('volume', 'ls', '-q')).toEqual(['kept-data']);
  });

  it('fault 54: one that can not start is told, and the old one is back by itself and runs', async () => {
    await rig.docker('run', '-d', '--name', 'other', '-p', '127.0.0.1:18302:80', rig.image, 'sleep', '1000');
    let ref = await rig.run({ command, mounts });
    await rig.shell(ref, 'echo one > /f');
    const before = ref;
    const wrong: [Record<string, unknown>, string, RegExp][] = [
      [{ ports: [{ hostPort: 18_302, containerPort: 80 }] }, 'conflict', /already allocated.*is back and runs/],
      [{ command: ['/no/such/program'] }, 'invalid_spec', /is back and runs/],
      [{ image: 'no/such:image' }, 'not_found', /is back and runs/],
      [{ network: 'nowhere' }, 'not_found', /is back and runs/],
    ];
    for (const [settings, code, message] of wrong) {
      const failure = await update(ref, changed(ref, settings)).catch((error: unknown) => error);
      expect(failure, JSON.stringify(settings)).toMatchObject({ code, message: expect.stringMatching(message) });
      await reaches(rig, ref, 'running');
      expect(await rig.driver.describe(ref)).toMatchObject({
        record: { containerId: idOf(before), intent: null, spec: before.spec },
      });
      expect(await containers()).toEqual(['other running', `${ref.name} running`]);
    }
    // What an earlier change kept is kept through a failed one.
    ref = await update(ref, changed(ref, { env: { A: 'b' } }));
    await expect(update(ref, changed(ref, { command: ['/no/such/program'] }))).rejects.toBeDefined();
    expect(await rig.driver.kept?.get(ref)).toMatchObject({ spec: before.spec });
    // One that was stopped stays stopped.
    await rig.driver.stop(rig.context(), ref, { graceMs: 1000, force: true });
    ref = await update(ref, changed(ref, { env: { A: 'c' } }));
    await reaches(rig, ref, 'stopped');
    await rig.docker('rm', '-f', 'other');
    await rig.driver.remove(rig.context(), ref);
    expect(await rig.ours()).toEqual([]);
  });

  it(`faults 7-8: a host that dies at each of ${points.length} points of a change, of one that fails and of a way back`, {
    timeout: 300_000,
  }, async () => {
    const run = (at: string, ref: WorkloadRef, to: WorkloadSpec | null) =>
      execa(
        process.execPath,
        [
          'test/support/docker/change-once.ts',
          JSON.stringify({ root: rig.root, address: rig.daemon.address, ref, to }),
        ],
        { env: { NOVACRON_FAILPOINTS: `${at}=kill` }, reject: false },
      );
    const wrong = { command: ['/no/such/program'] };
    for (const at of points) {
      const onlyBack = at === 'docker.change.back' || at === 'docker.change.returned';
      // A way back makes no layer, and passes the first point as a change does.
      const early = at === 'docker.change.intent' || at === 'docker.change.layer';
      for (const way of onlyBack ? ['fails'] : early ? ['goes'] : ['goes', 'reverts']) {
        const what = `${at}, ${way}`;
        await rig.restartHost();
        let ref = await rig.run({ command, mounts });
        await rig.shell(ref, 'echo one > /f');
        const old = ref;
        if (way === 'reverts') ref = await update(ref, changed(ref, { env: { WAY: 'back' } }));
        const to = way === 'reverts' ? null : changed(ref, way === 'fails' ? wrong : { env: { NEW: '1' } });
        const killed = await run(at, ref, to);
        expect(killed.signal, `${what} ${killed.stdout}${killed.stderr}`).toBe('SIGKILL');
        await rig.restartHost();
        const found = await rig.driver.recover(ref.id, ref.spec, ref.handle);
        ref = { ...ref, handle: found.handle ?? ref.handle, spec: found.spec ?? ref.spec };
        await reaches(rig, ref, 'running');
        const wanted = way === 'goes' ? to : old.spec;
        expect(found.spec, what).toEqual(wanted);
        expect(await rig.shell(ref, 'cat /f; echo $NEW'), what).toBe(way === 'goes' ? 'one\n1' : 'one');
        if (way !== 'goes') expect(idOf(ref), what).toBe(idOf(old));
        const there = await containers();
        expect(there, what).toContain(`${ref.name} running`);
        expect(there, what).toHaveLength(way === 'fails' ? 1 : 2);
        expect(await rig.driver.discover?.(), what).toEqual([]);
        // As the host does after it: nothing is made anew for what is there already.
        if (way === 'goes') expect(idOf(await update(ref, ref.spec)), what).toBe(idOf(ref));
        await rig.driver.remove(rig.context(), ref);
        expect(await rig.ours(), what).toEqual([]);
      }
    }
  });

  it('never writes over a volume of somebody else with a clone', async () => {
    const ref = await rig.run({ mounts: [{ type: 'volume', source: 'books', target: '/books' }] });
    await rig.shell(ref, 'echo mine > /books/f');
    await rig.docker('volume', 'create', 'books-copy');
    const group = rig.driver.snapshots;
    await group?.create(rig.context(), ref, { id: 'cut', name: 'cut', kind: 'disk', automatic: false });
    const target = { id: 'copy', spec: { ...ref.spec, name: 'copy' } };
    await expect(group?.clone(rig.context(), ref, 'cut', target, { linked: false })).rejects.toMatchObject({
      code: 'already_exists',
      message: expect.stringContaining('books-copy'),
    });
    expect(await rig.docker('ps', '-aq', '--filter', 'name=^copy$')).toEqual([]);
    await rig.driver.remove(rig.context(), ref);
  });

  it('a clone keeps its own volumes and command when it is changed and when it goes back', async () => {
    const group = rig.driver.snapshots as SnapshotGroup;
    // Only an entry point, no command: what serves to make the clone must not become one.
    const origin = await rig.run({
      entrypoint: ['sh', '-c', `echo "args: $*"; ${command[2]}`, 'main'],
      command: undefined,
      mounts: [{ type: 'volume', source: 'ledger', target: '/ledger' }],
    });
    await rig.shell(origin, 'echo origin > /ledger/f');
    await group.create(rig.context(), origin, { id: 'then', name: 'then', kind: 'disk' });
    const asked = { ...origin.spec, name: 'twin' };
    const spec = (await group.cloneSpec?.(origin, 'then', asked)) ?? asked;
    const handle = await group.clone(rig.context(), origin, 'then', { id: 'twin', spec }, { linked: false });
    let twin: WorkloadRef = { id: 'twin', name: 'twin', spec, handle };
    await rig.driver.start(rig.context(), twin);
    const volumes = () => rig.docker('inspect', '-f', '{{range .Mounts}}{{.Name}}{{end}}', 'twin');
    expect(await volumes()).toEqual(['ledger-twin']);
    await rig.shell(twin, 'echo twin > /ledger/f');
    await group.create(rig.context(), twin, { id: 'own', name: 'own', kind: 'disk' });
    twin = await update(twin, changed(twin, { env: { A: '1' } }));
    await reaches(rig, twin, 'running');
    expect(await volumes()).toEqual(['ledger-twin']);
    expect(await rig.docker('logs', 'twin')).toEqual(['args: ', 'up']);
    await rig.shell(twin, 'echo changed > /ledger/f');
    const back = await group.restore(rig.context(), twin, 'own', { keep: false, keepId: '' });
    twin = { ...twin, ...back };
    await reaches(rig, twin, 'running');
    expect(await volumes()).toEqual(['ledger-twin']);
    expect(await rig.shell(twin, 'cat /ledger/f')).toBe('twin');
    expect(await rig.shell(origin, 'cat /ledger/f')).toBe('origin');
    for (const one of [twin, origin]) await rig.driver.remove(rig.context(), one);
  });

  it('asks with the signal of the spec or the image to stop', async () => {
    const script = 'trap "exit 3" USR1; trap "" TERM; while true; do sleep 0.1; done';
    const ref = await rig.run({ command: ['sh', '-c', script], stopSignal: 'SIGUSR1' });
    await rig.driver.stop(rig.context(), ref, { graceMs: 30_000, force: false });
    expect(await rig.driver.inspect(ref)).toMatchObject({ phase: 'stopped', exitCode: 3 });
    await rig.driver.remove(rig.context(), ref);
  });

  it('carries volumes that no spec names through snapshots, their removal and clones', async () => {
    let ref = await rig.run({ image: withVolume, command });
    const group = rig.driver.snapshots;
    await rig.shell(ref, 'echo one > /own/f');
    await group?.create(rig.context(), ref, { id: 's1', name: 's1', kind: 'disk' });
    await group?.create(rig.context(), ref, { id: 'none', name: 'none', kind: 'disk', volumes: 'none' });
    await rig.shell(ref, 'echo two > /own/f; echo more > /own/g');
    const back = async (id: string): Promise<void> => {
      const done = await group?.restore(rig.context(), ref, id, { keep: false, keepId: '' });
      ref = { ...ref, handle: done?.handle ?? ref.handle };
      await reaches(rig, ref, 'running');
    };
    // One that left the volume out lets its files be.
    await back('none');
    expect(await rig.shell(ref, 'cat /own/f')).toBe('two');
    await back('s1');
    expect(await rig.shell(ref, 'cat /own/f; ls /own')).toBe('one\nf');
    ref = await update(ref, changed(ref, { env: { A: '1' } }));
    expect(await rig.shell(ref, 'cat /own/f')).toBe('one');
    await back('s1');
    expect(await rig.shell(ref, 'cat /own/f')).toBe('one');
    expect(await rig.driver.kept?.get(ref)).toBeNull();
    const target = { id: 'cloned', spec: { ...ref.spec, name: 'cloned' } };
    const handle = await group?.clone(rig.context(), ref, 's1', target, { linked: false });
    const clone: WorkloadRef = { ...target, name: 'cloned', handle: handle ?? ref.handle };
    await rig.driver.start(rig.context(), clone);
    await rig.shell(clone, 'echo three >> /own/f');
    expect(await rig.shell(clone, 'cat /own/f')).toBe('one\nthree');
    expect(await rig.shell(ref, 'cat /own/f')).toBe('one');
    for (const one of [clone, ref]) await rig.driver.remove(rig.context(), one);
    expect(await rig.ours()).toEqual([]);
    expect(await rig.docker('volume', 'ls', '-q')).toEqual([]);
  });
});
