import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Probe, WorkloadRef } from '../../../drivers/driver.ts';
import { findCriu } from '../../../scripts/setup/criu.ts';
import { whyNoDocker } from '../../support/docker/daemon.ts';
import { type DockerRig, openDockerRig, phaseLimitMs, reaches } from '../../support/docker/rig.ts';

const criu = findCriu();
const reason = (await whyNoDocker()) ?? ('reason' in criu ? criu.reason : null);
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);

/** Holds a token of its run, a word that a signal changes, and a count in its memory alone; writes them to its volume and layer. */
const counter = [
  'sh',
  '-c',
  'read t < /proc/sys/kernel/random/uuid; w=first; trap "w=second" USR1; i=0; ' +
    'while :; do i=$((i+1)); echo "$t $w $i" > /data/i; echo $i > /i; sleep 0.1; done',
];

/** The first probe after the trial of checkpoints. */
async function settled(rig: DockerRig): Promise<Probe> {
  const stop = new AbortController();
  try {
    for await (const probe of rig.driver.probe(AbortSignal.any([stop.signal, AbortSignal.timeout(phaseLimitMs)]))) {
      if (probe.health === 'healthy' && probe.attributes['trying'] !== true) return probe;
    }
  } finally {
    stop.abort();
  }
  throw new Error('the probe told no result of a trial');
}

describe.skipIf(reason !== null)(title('Docker: memory of containers'), () => {
  let rig: DockerRig;
  beforeAll(async () => {
    rig = await openDockerRig();
    await settled(rig);
  }, 240_000);
  afterEach(() => rig.clean());
  afterAll(() => rig?.dispose());

  /** Token, word and count as the process wrote them last. */
  const memory = async (ref: WorkloadRef): Promise<{ token: string; word: string; count: number }> => {
    let line: string[] = [];
    // The file is empty for a moment with each write.
    await expect
      .poll(async () => (line = (await rig.shell(ref, 'cat /data/i')).split(' ')).length, { timeout: phaseLimitMs })
      .toBe(3);
    return { token: line[0] ?? '', word: line[1] ?? '', count: Number(line[2]) };
  };
  const count = async (ref: WorkloadRef): Promise<number> => (await memory(ref)).count;
  const take = async (ref: WorkloadRef, id: string) => {
    const made = await rig.driver.snapshots?.create(rig.context(), ref, { id, name: id, kind: 'disk+memory' });
    if (made === undefined) throw new Error('the driver takes no snapshots');
    return made;
  };
  const goBack = async (ref: WorkloadRef, id: string, keepId?: string): Promise<WorkloadRef> => {
    const options = { keep: keepId !== undefined, keepId: keepId ?? '' };
    const done = await rig.driver.snapshots?.restore(rig.context(), ref, id, options);
    return { ...ref, handle: done?.handle ?? ref.handle, spec: done?.spec ?? ref.spec };
  };

  it('finds out by a trial that the engine can, leaves nothing of it, and remembers it', async () => {
    expect((await settled(rig)).capabilities.snapshotMemory).toEqual({ available: true });
    expect(await rig.ours()).toEqual([]);
    await rig.restartHost();
    for await (const probe of rig.driver.probe(AbortSignal.timeout(phaseLimitMs))) {
      expect(probe.capabilities.snapshotMemory).toEqual({ available: true });
      break;
    }
  });

  it('goes on from the very moment, in place: same name, network, port and volume, and the other files back', async () => {
    // Own ones for each try.
    const network = `checkpoint-${randomUUID()}`;
    await rig.docker('network', 'create', network);
    const mounts = [{ type: 'volume', source: `counted-${randomUUID()}`, target: '/data' }];
    const ports = [{ hostPort: 18_181, containerPort: 80 }];
    let ref = await rig.run({ command: counter, mounts, ports, network });
    await expect.poll(() => count(ref), { timeout: phaseLimitMs }).toBeGreaterThan(3);
    const taken = await take(ref, 'live');
    expect(taken).toMatchObject({ kind: 'disk+memory' });
    expect(taken.memoryBytes).toBeGreaterThan(10_000);
    expect(taken.sizeBytes).toBeGreaterThanOrEqual(taken.memoryBytes);
    expect(taken.pauseMs).toBeGreaterThan(0);
    // It went on by itself, from where it was: no second start.
    await reaches(rig, ref, 'running');
    const first = await memory(ref);
    expect(first.word).toBe('first');
    await rig.shell(ref, 'touch /data/later /later; kill -USR1 1');
    await expect.poll(async () => (await memory(ref)).word, { timeout: phaseLimitMs }).toBe('second');
    ref = await goBack(ref, 'live', 'kept');
    await reaches(rig, ref, 'running');
    const back = await memory(ref);
    expect(back).toMatchObject({ token: first.token, word: 'first' });
    expect(await rig.shell(ref, 'ls /data/later /later 2>/dev/null')).toBe('');
    await expect.poll(() => count(ref), { timeout: phaseLimitMs }).toBeGreaterThan(back.count);
    const seen = await rig.driver.inspect(ref);
    expect(seen.addresses?.map((one) => one.text)).toContain('127.0.0.1:18181 → 80/tcp');
    expect(await rig.docker('ps', '--format', '{{.Names}} {{.Networks}}')).toEqual([`${ref.name} ${network}`]);
    // The restore point holds memory too: one step back is where it was.
    const tree = await rig.driver.snapshots?.list(ref);
    expect(tree?.snapshots.map((one) => [one.id, one.kind])).toEqual([
      ['live', 'disk+memory'],
      ['kept', 'disk+memory'],
    ]);
    ref = await goBack(ref, 'kept');
    expect(await memory(ref)).toMatchObject({ token: first.token, word: 'second' });
    // Twice from the same snapshot.
    ref = await goBack(ref, 'live');
    expect(await memory(ref)).toMatchObject({ token: first.token, word: 'first' });
    await rig.driver.remove(rig.context(), ref);
    expect(await rig.ours(ref.id)).toEqual([]);
    await rig.docker('network', 'rm', network);
  });

  it('keeps the memory of a frozen one and leaves it frozen; one that is stopped has none', async () => {
    const mounts = [{ type: 'volume', source: 'frozen', target: '/data' }];
    let ref = await rig.run({ command: counter, mounts });
    await expect.poll(() => count(ref), { timeout: phaseLimitMs }).toBeGreaterThan(1);
    await rig.driver.pause?.(rig.context(), ref);
    expect((await rig.driver.snapshots?.estimate(ref))?.kinds).toContainEqual({ kind: 'disk+memory', available: true });
    await take(ref, 'frozen');
    await reaches(rig, ref, 'paused');
    await rig.driver.stop(rig.context(), ref, { graceMs: 0, force: true });
    await expect(take(ref, 'stopped')).rejects.toMatchObject({ code: 'wrong_state' });
    ref = await goBack(ref, 'frozen');
    await reaches(rig, ref, 'running');
  });

  it('an open connection is in the way: told with the fix, the container runs on, nothing is left', async () => {
    const talk =
      'nc -l -p 7000 -e sleep 1000 & until netstat -tln | grep -q :7000; do sleep 0.1; done; sleep 1000 | nc 127.0.0.1 7000';
    const ref = await rig.run({ command: ['sh', '-c', talk] });
    await expect.poll(() => rig.shell(ref, 'netstat -tn | grep -c ESTABLISHED'), { timeout: phaseLimitMs }).toBe('2');
    const before = await rig.driver.inspect(ref);
    const failure = await take(ref, 'talking').catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'unsupported' });
    expect(JSON.stringify(failure)).toContain('tcp-established');
    expect((await rig.driver.inspect(ref)).pid).toBe(before.pid);
    await reaches(rig, ref, 'running');
    expect((await rig.ours(ref.id)).filter((one) => !one.startsWith('container'))).toEqual([]);
  });

  it('keeps the memory of one that does nothing as often as it is asked, at once', async () => {
    const ref = await rig.run();
    for (const id of ['quick-1', 'quick-2', 'quick-3']) expect((await take(ref, id)).memoryBytes).toBeGreaterThan(0);
    await reaches(rig, ref, 'running');
  });

  it('a memory that somebody removed is told, and the container runs on as it was', async () => {
    const ref = await rig.run({ command: ['sh', '-c', 'echo $$ > /own; sleep 1000'] });
    await take(ref, 'lost');
    await rig.shell(ref, 'touch /since');
    const before = await rig.driver.inspect(ref);
    await rig.docker('volume', 'rm', 'novacron-lost-memory');
    await expect(goBack(ref, 'lost')).rejects.toMatchObject({ code: 'not_found' });
    expect((await rig.driver.inspect(ref)).pid).toBe(before.pid);
    // Nothing is left of the try, and nothing of it is done later.
    expect((await rig.ours(ref.id)).filter((one) => one.startsWith('container'))).toHaveLength(1);
    await rig.restartHost();
    const found = await rig.driver.recover(ref.id, ref.spec, ref.handle);
    expect(found.observation).toMatchObject({ phase: 'running', pid: before.pid });
    expect(await rig.shell(ref, 'ls /since')).toBe('/since');
  });

  it('a memory whose images were damaged is told, and the files are back, stopped', async () => {
    const mounts = [{ type: 'volume', source: 'damaged', target: '/data' }];
    let ref = await rig.run({ command: counter, mounts });
    await expect.poll(() => count(ref), { timeout: phaseLimitMs }).toBeGreaterThan(1);
    await take(ref, 'bad');
    const [folder] = await rig.docker('volume', 'inspect', '-f', '{{.Mountpoint}}', 'novacron-bad-memory');
    const { truncateSync } = await import('node:fs');
    truncateSync(`${String(folder)}/memory/core-1.img`, 10);
    await expect(goBack(ref, 'bad')).rejects.toMatchObject({ code: 'unsupported' });
    await reaches(rig, ref, 'stopped');
    await rig.driver.start(rig.context(), ref);
    await reaches(rig, ref, 'running');
    ref = { ...ref };
    await rig.driver.remove(rig.context(), ref);
    expect(await rig.ours(ref.id)).toEqual([]);
  });
});

const noDocker = await whyNoDocker();
describe.skipIf(noDocker !== null)(
  `Docker without checkpoints${noDocker === null ? '' : ` [skipped: ${noDocker}]`}`,
  () => {
    it('says why memory is not kept and what to do, and keeps the disk', async () => {
      const rig = await openDockerRig([], { checkpoints: false });
      try {
        const probe = await settled(rig);
        expect(probe.capabilities.snapshotMemory).toMatchObject({ available: false });
        expect(probe.capabilities.snapshotMemory.reason).toContain('experimental');
        expect(JSON.stringify(probe.capabilities.snapshotMemory.fixes)).toContain('daemon.json');
        const ref = await rig.run();
        const create = rig.driver.snapshots?.create(rig.context(), ref, { id: 's', name: 's', kind: 'disk+memory' });
        await expect(create).rejects.toMatchObject({ code: 'unsupported' });
        await reaches(rig, ref, 'running');
        await rig.driver.snapshots?.create(rig.context(), ref, { id: 's', name: 's', kind: 'disk' });
        await rig.driver.remove(rig.context(), ref);
        expect(await rig.ours()).toEqual([]);
      } finally {
        await rig.dispose();
      }
    });
  },
);
