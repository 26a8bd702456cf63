import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MiB } from '../../../../drivers/spec.ts';
import type { BridgeClient } from '../../../../electron/bridge/client.ts';
import type { Job, Workload, WorkloadSpecInput } from '../../../../electron/bridge/contract.ts';
import { importBusybox, startDaemon, type TestDaemon, whyNoDocker } from '../../../support/docker/daemon.ts';
import { clientOf } from '../../../support/e2e/seed.ts';
import { startServer, type TestServer } from '../../../support/e2e/server.ts';
import { poll } from '../../../support/qemu/wait.ts';

const why = existsSync('/usr/bin/qemu-system-x86_64') ? await whyNoDocker() : 'QEMU is not installed';
const group = { key: 'part-of', value: 'the whole' };
const labels = { [group.key]: group.value };

/** How exact the times in the logs are, twice, milliseconds. */
const logGrainMs = 20;

/** A name for one try. */
const fresh = (name: string): string => `${name} ${randomUUID().slice(0, 8)}`;

/**
 * Counts, tells the other its count through a folder that both have, and writes down in its own layer what it has counted and what it
 * has seen of the other. Every file is replaced as a whole. A log in the folder tells when it did so: seconds of the machine's uptime.
 */
function talk(own: string, other: string): string[] {
  const put = (what: string, file: string) => `echo "${what}" > ${file}.new; mv ${file}.new ${file}`;
  const line = `i=$((i+1)); ${put('$i', `/shared/${own}`)}; read seen < /shared/${other}; ${put('$i $seen', '/own')}`;
  const log = `read up idle < /proc/uptime; echo $up >> /shared/${own}.log`;
  return ['sh', '-c', `i=0; while :; do ${line}; ${log}; sleep 0.01; done`];
}

/** The longest time in which neither of two wrote its log, milliseconds. */
function longestSilence(logs: readonly number[][]): number {
  const times = logs.flat().sort((a, b) => a - b);
  return Math.max(...times.slice(1).map((time, index) => (time - (times[index] ?? time)) * 1000));
}

describe.skipIf(why !== null)(`a group over real engines${why === null ? '' : ` (skipped: ${why})`}`, () => {
  const home = mkdtempSync(join(tmpdir(), 'nova-group-'));
  const shared = join(home, 'shared');
  let daemon: TestDaemon;
  let server: TestServer | null = null;
  let client: BridgeClient;
  const docker = async (...args: string[]): Promise<string> =>
    (await execa('docker', ['-H', daemon.address, ...args])).stdout.trim();
  const ended = async (started: Promise<{ job: { id: string } }>): Promise<Job> => {
    const { job } = await started;
    return client.call('jobs.wait', { job: job.id });
  };
  const finish = async (started: Promise<{ job: { id: string } }>): Promise<Job> => {
    const job = await ended(started);
    expect(job).toMatchObject({ state: 'succeeded' });
    return job;
  };
  const members = async (): Promise<Workload[]> => {
    const all = await client.call('workloads.list', {});
    return all.sort((a, b) => a.spec.name.localeCompare(b.spec.name));
  };
  const allRun = (): Promise<Workload[]> =>
    poll('all to run', async () => {
      const all = await members();
      return all.length === 3 && all.every((each) => each.observation.phase === 'running') ? all : null;
    });
  const snapshotsOf = async (workload: string): Promise<string[]> =>
    (await client.call('snapshots.list', { workload })).snapshots.map((each) => each.name);
  /** What a container wrote into its own layer, in a kept image or now. */
  const kept = async (image: string): Promise<number[]> =>
    (await docker('run', '--rm', image, 'cat', '/own')).split(' ').map(Number);
  const log = (name: string): number[] =>
    readFileSync(join(shared, `${name}.log`), 'utf8')
      .trim()
      .split('\n')
      .map(Number);
  const now = async (name: string): Promise<number[]> =>
    (await docker('exec', name, 'cat', '/own')).split(' ').map(Number);

  beforeAll(async () => {
    mkdirSync(shared);
    daemon = await startDaemon([], { checkpoints: false });
    await importBusybox(daemon.address);
    server = await startServer({ home, env: { DOCKER_HOST: daemon.address } });
    client = clientOf(home);
    await poll('the engines', async () => {
      const drivers = await client.call('drivers.list', {});
      const healthy = drivers.filter((each) => each.health === 'healthy').map((each) => each.name);
      return healthy.includes('docker') && healthy.includes('qemu') ? true : null;
    });
    const container = (name: string, other: string): WorkloadSpecInput => ({
      name,
      driver: 'docker',
      labels,
      settings: {
        image: 'busybox:test',
        command: talk(name, other),
        mounts: [{ type: 'bind', source: shared, target: '/shared' }],
      },
    });
    const machine: WorkloadSpecInput = {
      name: 'machine',
      driver: 'qemu',
      labels,
      resources: { vcpus: 1, memoryBytes: 64 * MiB },
      settings: { accelerator: 'tcg', network: 'none', disks: [{ sizeBytes: 8 * MiB }] },
    };
    for (const spec of [container('here', 'there'), container('there', 'here'), machine]) {
      await finish(client.call('workloads.create', { spec, start: true }));
    }
    await poll('both to have seen each other', async () =>
      [await now('here'), await now('there')].every(([own = 0, seen = 0]) => own > 5 && seen > 5) ? true : null,
    );
  });
  afterAll(async () => {
    for (const workload of ['here', 'there', 'machine']) {
      await ended(client.call('workloads.remove', { workload, now: true }));
    }
    client.close();
    await server?.close();
    await daemon.dispose();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });

  test('is kept at one point in time, over a machine and two containers, and all go on', async () => {
    const name = fresh('together');
    const before = await allRun();
    const job = await finish(client.call('groups.snapshot', { group, name }));
    expect(job.result).toMatchObject({ onePoint: true, notFrozen: [] });
    const after = await allRun();
    expect(after.map((each) => each.observation.pid)).toEqual(before.map((each) => each.observation.pid));
    // Nobody went on before all were taken, also who was done first.
    const { stoodStillMs } = job.result as { stoodStillMs: number };
    expect(longestSilence([log('here'), log('there')])).toBeGreaterThanOrEqual(stoodStillMs - logGrainMs);
    const [snapshot] = await client.call('groups.snapshots', { group });
    expect(snapshot).toMatchObject({ name, missing: [] });
    const parts = new Map(
      snapshot?.members.map((each) => [after.find((one) => one.id === each.workloadId)?.spec.name, each]),
    );
    const kinds = [...parts].map(([part, { kind, was }]) => [part, kind, was]);
    expect(kinds.sort((a, b) => String(a[0]).localeCompare(String(b[0])))).toEqual([
      ['here', 'disk', 'running'],
      ['machine', 'disk+memory', 'running'],
      ['there', 'disk', 'running'],
    ]);
    const image = (of: string): string => {
      const part = parts.get(of);
      return `novacron/${part?.workloadId.toLowerCase()}:${part?.snapshotId.toLowerCase()}`;
    };
    const [here = 0, seenThere = 0] = await kept(image('here'));
    const [there = 0, seenHere = 0] = await kept(image('there'));
    // A cut through one moment holds no word from its future; each count is told just before it is written down.
    expect(seenHere).toBeLessThanOrEqual(here + 1);
    expect(seenThere).toBeLessThanOrEqual(there + 1);
    expect(Math.min(seenHere, seenThere)).toBeGreaterThan(0);
  });

  test('one that fails undoes the others: none has a part, and all go on', async () => {
    const name = fresh('mine');
    await finish(client.call('snapshots.create', { workload: 'there', name }));
    const before = await allRun();
    const job = await ended(client.call('groups.snapshot', { group, name }));
    expect(job).toMatchObject({ state: 'failed' });
    expect(job.error?.message).toContain('there');
    const after = await allRun();
    expect(after.map((each) => each.observation.pid)).toEqual(before.map((each) => each.observation.pid));
    for (const workload of ['here', 'machine']) expect(await snapshotsOf(workload)).not.toContain(name);
    expect((await snapshotsOf('there')).filter((each) => each === name)).toHaveLength(1);
    expect((await client.call('groups.snapshots', { group })).map((each) => each.name)).not.toContain(name);
    const [count = 0] = await now('here');
    await poll('it to count on', async () => ((await now('here'))[0] ?? 0) > count || null);
  });

  test('goes back together, and what is removed is removed from all', async () => {
    const name = fresh('back');
    await finish(client.call('groups.snapshot', { group, name, memory: false }));
    for (const each of ['here', 'there']) await docker('exec', each, 'touch', '/later');
    await finish(client.call('groups.restore', { group, snapshot: name, keep: false }));
    await allRun();
    for (const each of ['here', 'there']) expect(await docker('exec', each, 'ls', '/')).not.toContain('later');
    await finish(client.call('groups.removeSnapshot', { group, snapshot: name }));
    for (const each of await members()) expect(await snapshotsOf(each.id)).not.toContain(name);
  });
});
