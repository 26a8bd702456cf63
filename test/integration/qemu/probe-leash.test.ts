import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runTool } from '../../../drivers/qemu/probe/tool.ts';
import { processesMentioning } from '../../support/processes.ts';
import { poll } from '../../support/qemu/wait.ts';

const program = join(import.meta.dirname, '..', '..', 'support', 'qemu', 'endless-tool.ts');
const qemu = 'qemu-system-x86_64';

/** A QEMU that never ends of itself, with a name by which it is found. */
function endless(): { name: string; words: string[] } {
  const name = randomUUID();
  return { name, words: ['-nodefaults', '-display', 'none', '-machine', 'none', '-monitor', 'none', '-name', name] };
}

/** The QEMU of that name and what holds its leash. */
const begun = (name: string) =>
  poll('the QEMU and its leash', () => (processesMentioning(`-name\0${name}`).length === 2 ? true : null));
const gone = (name: string) =>
  poll('all to be gone', () => (processesMentioning(`-name\0${name}`).length === 0 ? true : null));

test('a QEMU that is only asked what it can do ends by itself when NovaCron is killed in the middle', async () => {
  const { name, words } = endless();
  const child = spawn(process.execPath, [program, '1000', qemu, ...words], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  await poll('the QEMU', () => (processesMentioning(`-name\0${name}`).length === 3 ? true : null));
  child.kill('SIGKILL');
  await exited;
  await gone(name);
});

test('it ends at its limit and with its caller, and nothing of it stays', async () => {
  const { name, words } = endless();
  const cut = new AbortController();
  const cutOff = runTool(qemu, words, { timeoutMs: 60_000, leash: true, signal: cut.signal });
  await begun(name);
  cut.abort();
  expect(await cutOff).toMatchObject({ exitCode: null, signal: 'SIGKILL', timedOut: false });
  await gone(name);
  expect(await runTool(qemu, words, { timeoutMs: 200, leash: true })).toMatchObject({ timedOut: true });
  const late = { timeoutMs: 60_000, leash: true, signal: cut.signal };
  expect(await runTool(qemu, words, late)).toMatchObject({ signal: 'SIGKILL' });
  await gone(name);
});

test('the exit code and the signal of a program on a leash are its own', async () => {
  const limits = { timeoutMs: 10_000, leash: true };
  expect(await runTool('sh', ['-c', 'exit 85'], limits)).toMatchObject({ exitCode: 85 });
  expect(await runTool('sh', ['-c', 'kill -ABRT $$'], limits)).toMatchObject({ exitCode: null, signal: 'SIGABRT' });
});
