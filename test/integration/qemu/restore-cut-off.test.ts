import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FailpointName } from '../../../drivers/failpoints.ts';
import { MiB, workloadSpecSchema } from '../../../drivers/spec.ts';
import type { Job, Workload } from '../../../electron/bridge/contract.ts';
import { openLocalHost } from '../../../electron/compose.ts';
import type { Host } from '../../../electron/host/host.ts';
import { poll } from '../../support/qemu/wait.ts';

let home = '';
let host: Host | null = null;
const context = { signal: new AbortController().signal };

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'nq-'));
});
afterEach(async () => {
  const { handlers } = await open();
  await done(handlers['workloads.remove']({ workload: 'vm', force: true, now: true }, context));
  await close();
  rmSync(home, { recursive: true, force: true });
});

/** The host that has the machine now; opened where there is none. */
async function open(): Promise<Host> {
  host ??= (await openLocalHost({ ...process.env, NOVACRON_HOME: home })).host;
  return host;
}

async function close(): Promise<void> {
  await host?.close();
  host = null;
}

async function done(answer: Promise<{ job: Job }>): Promise<void> {
  const { job } = await answer;
  const ended = await (await open()).handlers['jobs.wait']({ job: job.id }, context);
  expect(ended.error).toBeNull();
}

const get = async (): Promise<Workload> => (await open()).handlers['workloads.get']({ workload: 'vm' }, context);

/** Goes back to the snapshot with a host that is killed at a point. */
async function dieInRestore(point: FailpointName): Promise<void> {
  const cli = join(import.meta.dirname, '../../../electron/cli.ts');
  const child = spawn(process.execPath, [cli, 'snapshot', 'restore', 'vm', 'point'], {
    env: { ...process.env, NOVACRON_HOME: home, NOVACRON_FAILPOINTS: `${point}=kill` },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  expect(await once(child, 'close')).toEqual([null, 'SIGKILL']);
}

test.each<[FailpointName, 'running' | 'stopped']>([
  ['qemu.restore.stopped', 'stopped'],
  ['qemu.restore.recorded', 'running'],
  ['qemu.start.connected', 'running'],
])(
  'fault 7: a stopped machine is brought back to a moment with memory, and the host is killed at %s: the next one leaves it %s',
  async (point, phase) => {
    const { handlers } = await open();
    const spec = workloadSpecSchema.parse({
      name: 'vm',
      driver: 'qemu',
      resources: { vcpus: 1, memoryBytes: 64 * MiB },
      settings: { disks: [{ sizeBytes: 8 * MiB }] },
    });
    await done(handlers['workloads.create']({ spec, start: true }, context));
    await poll('the run', async () => ((await get()).observation.phase === 'running' ? true : null));
    await done(
      handlers['snapshots.create']({ workload: 'vm', name: 'point', notes: '', kind: 'disk+memory' }, context),
    );
    await done(handlers['workloads.stop']({ workload: 'vm', graceSeconds: 0, force: true }, context));
    expect(await get()).toMatchObject({ desired: 'stopped' });
    await close();
    await dieInRestore(point);
    await (await open()).recovered;
    const found = await poll('its rest', async () => {
      const each = await get();
      return each.observation.phase === phase && each.pendingVerb === null ? each : null;
    });
    expect(found).toMatchObject({ desired: phase, observation: { phase } });
    expect(found.observation.attention).toBeUndefined();
  },
);
