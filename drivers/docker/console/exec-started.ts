import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { DockerEnvironment } from '../environment.ts';

/** How often a command that was asked to start is looked at, and how many times: the engine answers before it has started it. */
const look = { everyMs: 20, times: 500 };

/** Settles when the command runs or has ended: the answer to its start says neither. Rejects with what the engine says. */
export async function execStarted(
  environment: Pick<DockerEnvironment, 'engine'>,
  exec: Pick<Docker.Exec, 'inspect'>,
): Promise<void> {
  for (let time = 0; time < look.times; time += 1) {
    // ExitCode is null until it has ended, Pid 0 until it runs.
    const state = await environment.engine.ask('Looking at a command', () => exec.inspect());
    if (state.Pid > 0 || (!state.Running && state.ExitCode !== null)) return;
    await sleep(look.everyMs);
  }
}
