import type { WorkloadRef } from '../../../drivers/driver.ts';
import { guestSpec } from './guest-spec.ts';
import type { Rig } from './rig.ts';
import { readTerminal, type Terminal } from './terminal.ts';

/** A running demo guest with a shell. */
export type Booted = { ref: WorkloadRef; terminal: Terminal };

/** A console of a machine, with what was on it last: a beginning at "now" is only known once the record was looked at. */
export async function listen(rig: Rig, ref: WorkloadRef): Promise<Terminal> {
  return readTerminal(await rig.driver.openConsole(ref, 'serial0', {}));
}

/** Boots the demo guest to its prompt. */
export async function boot(rig: Rig, settings: Record<string, unknown> = {}): Promise<Booted> {
  const ref = await rig.create(await guestSpec({ network: 'none', ...settings }));
  await rig.driver.start(rig.context(), ref);
  const terminal = readTerminal(await rig.driver.openConsole(ref, 'serial0', {}));
  await terminal.see('demo:~# ');
  return { ref, terminal };
}

let asked = 0;

/** Runs a command in the guest's shell and returns what it printed. */
export async function run(terminal: Terminal, command: string): Promise<string> {
  asked += 1;
  const from = terminal.text().length;
  // The answer's marks are computed by the shell, so that the echo of the line is not taken for them.
  await terminal.line(`echo B$((${asked}+0)):; ${command}; echo :E$((${asked}+0))`);
  const begin = await terminal.see(`\nB${asked}:`, from);
  const end = await terminal.see(`:E${asked}\r`, begin);
  return terminal
    .text()
    .slice(begin, end - `:E${asked}\r`.length)
    .replaceAll('\r', '')
    .trim();
}
