import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { resolveEndpoint } from '../../../drivers/docker/engine/endpoint.ts';
import { createEngine } from '../../../drivers/docker/engine/engine.ts';
import { freezerOf } from '../../../drivers/docker/snapshots/thaw.ts';
import { dropVolume } from '../../../drivers/docker/volumes/copy.ts';
import type { ImageGroup, SnapshotGroup, WorkloadRef } from '../../../drivers/driver.ts';
import { whyNoDocker } from '../../support/docker/daemon.ts';
import { type DockerRig, openDockerRig } from '../../support/docker/rig.ts';

const reason = await whyNoDocker();
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);

describe.skipIf(reason !== null)(title('Docker snapshots in detail'), () => {
  let rig: DockerRig;
  beforeAll(async () => {
    rig = await openDockerRig([], { checkpoints: false });
  }, 120_000);
  afterEach(() => rig.clean());
  afterAll(() => rig?.dispose());
  const group = (): SnapshotGroup => rig.driver.snapshots as SnapshotGroup;
  const take = (ref: WorkloadRef, id: string, options: Partial<Parameters<SnapshotGroup['create']>[2]> = {}) =>
    group().create(rig.context(), ref, { id, name: id, kind: 'disk', ...options });
  const back = async (ref: WorkloadRef, id: string): Promise<WorkloadRef> => {
    const done = await group().restore(rig.context(), ref, id, { keep: false, keepId: '' });
    return { ...ref, handle: done.handle, spec: done.spec };
  };

  it('says that a snapshot stands on its image, and does not remove the image from under it', async () => {
    const images = rig.driver.images as ImageGroup;
    const ref = await rig.run();
    await take(ref, 'base');
    const kept = (await images.list()).find((image) => image.usedBy.includes(`snapshot base of ${ref.name}`));
    if (kept === undefined) throw new Error('No image says that the snapshot needs it.');
    await expect(images.remove(rig.context(), kept.id)).rejects.toMatchObject({ code: 'conflict' });
    await expect(images.remove(rig.context(), kept.names[0] ?? '')).rejects.toMatchObject({ code: 'conflict' });
    // The beginning of an id names it too, and the name in full.
    for (const name of [kept.id.slice('sha256:'.length, 'sha256:'.length + 12), `docker.io/${kept.names[0]}`]) {
      await expect(images.remove(rig.context(), name)).rejects.toMatchObject({ code: 'conflict' });
    }
    // One name more can go again, the image stays.
    await images.tag?.(kept.id, 'more/name:1');
    await images.remove(rig.context(), 'more/name:1');
    expect((await images.list()).find((image) => image.id === kept.id)?.names).toEqual(kept.names);
    await group().remove(rig.context(), ref, 'base');
    expect((await images.list()).map((image) => image.id)).not.toContain(kept.id);
    await rig.driver.remove(rig.context(), ref);
  });

  it('an image of a snapshot that somebody removed is told, and the container runs on as it was', async () => {
    const ref = await rig.run();
    await take(ref, 'lost');
    await rig.docker('rmi', '-f', `novacron/${ref.id}:lost`);
    const before = await rig.driver.inspect(ref);
    await expect(back(ref, 'lost')).rejects.toMatchObject({ code: 'not_found' });
    expect((await rig.driver.inspect(ref)).pid).toBe(before.pid);
    // Nothing of it is done later.
    await rig.restartHost();
    const found = await rig.driver.recover(ref.id, ref.spec, ref.handle);
    expect(found.observation).toMatchObject({ phase: 'running', pid: before.pid });
    await rig.driver.remove(rig.context(), ref);
    expect(await rig.ours()).toEqual([]);
  });

  it('lets go on what an engine that died in the moment of the freeze left frozen and says that it runs', async () => {
    const ref = await rig.run();
    const [containerId = '', pid = ''] = await rig.docker('inspect', '-f', '{{.Id}}\n{{.State.Pid}}', ref.name);
    const freezer = freezerOf(readFileSync(`/proc/${pid}/cgroup`, 'utf8'), containerId);
    if (freezer === null) throw new Error('the container has no control group of its own');
    const file = join(rig.root, `${ref.id}.json`);
    const record = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ ...record, intent: { kind: 'snapshot', snapshotId: 'cut', paused: true } }));
    writeFileSync(freezer.file, freezer.freeze);
    await expect.poll(() => readFileSync(freezer.file, 'utf8')).toMatch(freezer.frozen);
    await rig.restartHost();
    const found = await rig.driver.recover(ref.id, ref.spec, ref.handle);
    expect(found.observation).toMatchObject({ phase: 'running', pid: Number(pid) });
    expect(await rig.shell(ref, 'echo runs')).toBe('runs');
    await rig.driver.remove(rig.context(), ref);
  });

  it('tells which files differ, in the container and its volumes, by what they hold', async () => {
    const ref = await rig.run({ mounts: [{ type: 'volume', source: 'told', target: '/data' }] });
    await rig.shell(ref, 'echo one > /a; echo one > /b; echo one > /data/v; mkdir /d; ln -s /a /d/link');
    await take(ref, 's1');
    // Same size and, within a second, same time; a touch alone is no change.
    await rig.shell(ref, 'echo two > /a; rm /b; echo new > /c; echo two > /data/v; touch /bin; ln -sf /c /d/link');
    await take(ref, 's2');
    await rig.shell(ref, 'echo later > /e');
    const expected = [
      { path: '/a', change: 'changed', bytes: 4 },
      { path: '/b', change: 'removed', bytes: 4 },
      { path: '/c', change: 'added', bytes: 4 },
      { path: '/d/link', change: 'changed', bytes: 0 },
      { path: 'volume told:/v', change: 'changed', bytes: 4 },
    ];
    const between = await group().diff?.(ref, 's1', 's2');
    expect(between?.files).toEqual(expected);
    expect(between?.bytes).toBe(12);
    expect(between?.fields).toEqual([]);
    const now = await group().diff?.(ref, 's1', null);
    expect(now?.files).toEqual([
      ...expected.slice(0, 4),
      { path: '/e', change: 'added', bytes: 6 },
      ...expected.slice(4),
    ]);
    expect((await group().diff?.(ref, 's2', 's2'))?.files).toEqual([]);
    await expect(group().diff?.(ref, 'nowhere', null)).rejects.toMatchObject({ code: 'not_found' });
    await rig.driver.remove(rig.context(), ref);
    expect(await rig.ours()).toEqual([]);
  });

  it('leaves volumes out where asked: they keep their present files in a restore', async () => {
    const mounts = ['in', 'out'].map((name) => ({ type: 'volume', source: `vol-${name}`, target: `/${name}` }));
    let ref = await rig.run({ mounts });
    const write = (word: string) => rig.shell(ref, `for f in /f /in/f /out/f; do echo ${word} > $f; done`);
    const read = () => rig.shell(ref, 'cat /f /in/f /out/f');
    await write('one');
    const all = await take(ref, 'all');
    const some = await take(ref, 'some', { volumes: ['vol-in'] });
    const none = await take(ref, 'none', { volumes: 'none' });
    expect(all.sizeBytes).toBeGreaterThan(some.sizeBytes);
    expect(some.sizeBytes).toBeGreaterThan(none.sizeBytes);
    await expect(take(ref, 'wrong', { volumes: ['stranger'] })).rejects.toMatchObject({ code: 'invalid_spec' });
    expect((await rig.ours(ref.id)).filter((one) => one.startsWith('volume'))).toHaveLength(3);
    await write('two');
    ref = await back(ref, 'none');
    expect(await read()).toBe('one\ntwo\ntwo');
    await write('three');
    ref = await back(ref, 'some');
    expect(await read()).toBe('one\none\nthree');
    ref = await back(ref, 'all');
    expect(await read()).toBe('one\none\none');
    await group().update(ref, 'some', { name: 'other', notes: 'why' });
    await expect(group().update(ref, 'some', { name: 'all' })).rejects.toMatchObject({ code: 'already_exists' });
    const { snapshots } = await group().list(ref);
    expect(snapshots.find((one) => one.id === 'some')).toMatchObject({ name: 'other', notes: 'why' });
    await rig.driver.remove(rig.context(), ref);
    expect(await rig.ours()).toEqual([]);
  });

  it('a volume comes back as it was, whatever is in it: links that lead out of it, pipes, hard links, owners', async () => {
    let ref = await rig.run({ mounts: [{ type: 'volume', source: 'odd', target: '/odd' }] });
    await rig.shell(
      ref,
      `cd /odd; chown 5:6 .; chmod 750 .; ln -s ../../../out up; ln -s /etc/none abs; mkfifo pipe; mkdir -p d/e; chmod 0 d/e
      echo one > "$(printf 'two\\nlines')"; echo h > hard; ln hard hard2; chown 12:34 hard; chmod 4755 hard; touch -d 2001-01-01 old empty`,
    );
    const look = () =>
      rig.shell(
        ref,
        `cd /odd; find . -exec stat -c '%n %f %u:%g %h' {} + | sort; stat -c %Y old; readlink up; readlink abs; cat two*`,
      );
    const before = await look();
    expect(before).toContain('../../../out');
    await take(ref, 'odd');
    await rig.shell(ref, 'cd /odd; rm -rf *; chown 0:0 .; chmod 755 .');
    ref = await back(ref, 'odd');
    expect(await look()).toBe(before);
    await rig.driver.remove(rig.context(), ref);
  });

  it('empties a volume that the helper of a copy which was cut off still holds', async () => {
    const engine = createEngine(resolveEndpoint({ DOCKER_HOST: rig.daemon.address }));
    const environment = { engine, home: 'here' };
    await rig.docker('volume', 'create', 'held');
    const labels = ['io.novacron.id=w-held', 'io.novacron.home=here', 'io.novacron.role=copy'];
    const words = labels.flatMap((label) => ['--label', label]);
    await rig.docker('create', ...words, '--volume', 'held:/held', rig.image, 'true');
    await expect(engine.ask('Removing', () => engine.docker.getVolume('held').remove())).rejects.toMatchObject({
      code: 'conflict',
    });
    await dropVolume(environment, 'w-held', 'held');
    expect(await rig.docker('volume', 'ls', '--quiet', '--filter', 'name=held')).toEqual([]);
    // Another's helper is left alone, and the volume with it.
    await rig.docker('volume', 'create', 'held');
    await rig.docker(
      'create',
      '--name',
      'other',
      '--label',
      'io.novacron.id=x',
      '--volume',
      'held:/held',
      rig.image,
      'true',
    );
    await expect(dropVolume(environment, 'w-held', 'held')).rejects.toMatchObject({ code: 'conflict' });
    await rig.docker('rm', 'other');
    await rig.docker('volume', 'rm', 'held');
  });
});
