import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import {
  currentBootId,
  hasUuid,
  parseStat,
  processesByUuid,
  processFacts,
  runState,
  signalRun,
} from '../../../../../drivers/qemu/machine/identity.ts';
import { poll } from '../../../../support/qemu/wait.ts';

const uuid = '5f0c1f0e-90aa-4a52-a5d4-6d8f8d0f1c11';

/** A process whose command line names a uuid as QEMU's does. */
async function stranger() {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e6)', '--', '-uuid', uuid], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  const pid = child.pid ?? 0;
  return { child, pid, startTicks: processFacts(pid)?.startTicks ?? 0, bootId: currentBootId() };
}

test.each([
  ['1 (a) S 1 ' + '0 '.repeat(17) + '4242 0', { state: 'S', startTicks: 4242 }],
  ['1 (evil) R 1) Z 1 ' + '0 '.repeat(17) + '77 0', { state: 'Z', startTicks: 77 }],
  ['nonsense', null],
  ['', null],
])('the stat line %j', (text, expected) => {
  expect(parseStat(text)).toEqual(expected);
});

test('faults 9-11: only the very process is known again, and a stranger is never signalled', async () => {
  const run = await stranger();
  try {
    expect(runState(run, uuid)).toBe('alive');
    expect(hasUuid(run.pid, uuid)).toBe(true);
    expect(processesByUuid().get(uuid)).toBe(run.pid);
    // The pid of somebody else: another start time, another boot, another uuid.
    const others: [typeof run, string][] = [
      [{ ...run, startTicks: run.startTicks - 1 }, uuid],
      [{ ...run, bootId: 'another-boot' }, uuid],
      [run, '00000000-0000-4000-8000-000000000000'],
    ];
    for (const [other, otherUuid] of others) {
      expect(runState(other, otherUuid)).toBe('gone');
      expect(signalRun(other, otherUuid, 'SIGKILL')).toBe(false);
    }
    expect(runState(run, uuid)).toBe('alive');
    signalRun(run, uuid, 'SIGSTOP');
    await poll('the stop', () => (runState(run, uuid) === 'stopped' ? true : null));
    expect(signalRun(run, uuid, 'SIGKILL')).toBe(true);
    await once(run.child, 'exit');
    expect(runState(run, uuid)).toBe('gone');
    expect(signalRun(run, uuid, 'SIGKILL')).toBe(false);
  } finally {
    run.child.kill('SIGKILL');
  }
});

test('faults 9-11: a process that is a zombie counts as gone and is not signalled', async () => {
  // The shell becomes a program that never asks for its child's end.
  const parent = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
    const pid = Number(line);
    const { startTicks } = processFacts(pid) ?? { startTicks: 0 };
    await poll('the zombie', () => (processFacts(pid)?.state === 'Z' ? true : null));
    const run = { pid, startTicks, bootId: currentBootId() };
    expect(runState(run, uuid)).toBe('gone');
    expect(signalRun(run, uuid, 'SIGKILL')).toBe(false);
    expect([...processesByUuid().values()]).not.toContain(pid);
  } finally {
    parent.kill('SIGKILL');
  }
});
