import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MiB } from '../../../../drivers/spec.ts';
import type { BridgeClient } from '../../../../electron/bridge/client.ts';
import type { Workload, WorkloadSpecInput } from '../../../../electron/bridge/contract.ts';
import { importBusybox, startDaemon, type TestDaemon, whyNoDocker } from '../../../support/docker/daemon.ts';
import { clientOf } from '../../../support/e2e/seed.ts';
import { startServer, type TestServer } from '../../../support/e2e/server.ts';
import { poll } from '../../../support/qemu/wait.ts';

const why = existsSync('/usr/bin/qemu-system-x86_64') ? await whyNoDocker() : 'QEMU is not installed';

const machine: WorkloadSpecInput = {
  name: 'machine',
  driver: 'qemu',
  labels: { kept: 'yes' },
  resources: { vcpus: 1, memoryBytes: 64 * MiB },
  settings: { accelerator: 'tcg', network: 'none', disks: [{ sizeBytes: 8 * MiB }] },
};
const container: WorkloadSpecInput = {
  name: 'container',
  driver: 'docker',
  labels: { kept: 'yes' },
  notes: 'kept too',
  settings: { image: 'busybox:test', command: ['sleep', '1000'] },
};

describe.skipIf(why !== null)(`a lost inventory${why === null ? '' : ` (skipped: ${why})`}`, () => {
  const home = mkdtempSync(join(tmpdir(), 'nova-lost-'));
  let daemon: TestDaemon;
  let server: TestServer | null = null;
  let client: BridgeClient;
  const open = async (): Promise<void> => {
    server = await startServer({ home, env: { DOCKER_HOST: daemon.address } });
    client = clientOf(home);
  };
  const finish = async (started: Promise<{ job: { id: string } }>): Promise<void> => {
    const { job } = await started;
    expect(await client.call('jobs.wait', { job: job.id })).toMatchObject({ state: 'succeeded' });
  };
  const both = async (): Promise<Workload[]> => {
    const all = await poll('both to run', async () => {
      const found = await client.call('workloads.list', {});
      return found.length === 2 && found.every((each) => each.observation.phase === 'running') ? found : null;
    });
    return all.sort((a, b) => a.spec.name.localeCompare(b.spec.name));
  };
  const facts = (all: Workload[]): unknown[] =>
    all.map(({ id, spec, observation }) => [id, spec.name, spec.labels, spec.notes, observation.pid]);

  beforeAll(async () => {
    daemon = await startDaemon([], { checkpoints: false });
    await importBusybox(daemon.address);
  });
  afterAll(async () => {
    for (const workload of ['machine', 'container']) {
      const { job } = await client.call('workloads.remove', { workload, now: true });
      await client.call('jobs.wait', { job: job.id });
    }
    client.close();
    await server?.close();
    await daemon.dispose();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });

  test('fault 31: what runs is taken back by itself, with id, name and snapshots', async () => {
    await open();
    await poll('Docker', async () => {
      const drivers = await client.call('drivers.list', {});
      return drivers.find((each) => each.name === 'docker')?.health === 'healthy' ? true : null;
    });
    for (const spec of [machine, container]) await finish(client.call('workloads.create', { spec, start: true }));
    await finish(client.call('snapshots.create', { workload: 'container', name: 'point' }));
    const before = facts(await both());
    client.close();
    await server?.kill();
    for (const suffix of ['', '-wal', '-shm', '.backup']) {
      rmSync(join(home, 'data', `inventory.db${suffix}`), { force: true });
    }
    await open();
    expect(facts(await both())).toEqual(before);
    expect((await client.call('snapshots.list', { workload: 'container' })).snapshots).toMatchObject([
      { name: 'point' },
    ]);
    // Ours again for good: the next host knows them from its inventory, and nothing is left to adopt.
    await finish(client.call('workloads.stop', { workload: 'container', graceSeconds: 0 }));
    await finish(client.call('workloads.start', { workload: 'container' }));
    for await (const message of client.stream('state.subscribe', {})) {
      expect(message.type === 'snapshot' && message.state.foreign.filter((each) => each.ours)).toEqual([]);
      break;
    }
  });
});
