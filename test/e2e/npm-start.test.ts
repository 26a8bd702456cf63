import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MiB, workloadSpecSchema } from '../../drivers/spec.ts';
import { clientOf } from '../support/e2e/seed.ts';
import { endProcessesMentioning, processesMentioning } from '../support/processes.ts';
import { poll } from '../support/qemu/wait.ts';

const root = join(import.meta.dirname, '../..');

let home = '';
let npm: ChildProcess | null = null;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'nova-start-'));
});
afterEach(async () => {
  if (npm?.pid !== undefined && groupLives(npm.pid)) process.kill(-npm.pid, 'SIGKILL');
  await endProcessesMentioning(home);
  rmSync(home, { recursive: true, force: true });
});

/** Whether a process of the group lives; a dead one that nobody has waited for is none. */
function groupLives(group: number): boolean {
  return processesMentioning('').some(({ pid }) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // After the name in brackets: state, parent, process group (proc(5)).
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]) === group;
    } catch {
      // It ended just now.
      return false;
    }
  });
}

/** `npm start` without a window, in a process group of its own. Resolves when it has printed its address. */
async function npmStart(): Promise<ChildProcess> {
  const child = spawn('npm', ['start', '--', '--headless', '--no-install'], {
    cwd: root,
    detached: true,
    env: { ...process.env, NOVACRON_HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  npm = child;
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await poll('the address', () => (/^http:\S+\n/m.test(text) ? true : null));
  return child;
}

const qemu = '/usr/bin/qemu-system-x86_64';
const missing = existsSync(qemu) ? '' : ` (needs ${qemu})`;

test.skipIf(missing !== '').each<[NodeJS.Signals]>([['SIGTERM'], ['SIGKILL']])(
  `%s to npm alone ends the host that it started, and the machines go on${missing}`,
  async (signal) => {
    const { pid = 0 } = await npmStart();
    const client = clientOf(home);
    const spec = workloadSpecSchema.parse({ name: 'vm', driver: 'qemu', resources: { memoryBytes: 64 * MiB } });
    const { job } = await client.call('workloads.create', { spec, start: true });
    expect(await client.call('jobs.wait', { job: job.id })).toMatchObject({ error: null });
    await poll('the machine', async () => {
      const { observation } = await client.call('workloads.get', { workload: 'vm' });
      return observation.phase === 'running' ? true : null;
    });
    client.close();
    process.kill(pid, signal);
    await poll('the end of all that npm started', () => (groupLives(pid) ? null : true));
    expect(processesMentioning(home).filter(({ words }) => words[0]?.includes('qemu-system'))).toHaveLength(1);
  },
);
