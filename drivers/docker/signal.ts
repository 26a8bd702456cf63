import type { WorkloadRef } from '../driver.ts';
import { NovaError } from '../errors.ts';
import { type DockerEnvironment, inspectContainer } from './environment.ts';

/** Signals that end a process which does not handle them: an end by one that we sent is no crash. */
const ending = new Set(['TERM', 'KILL', 'INT', 'QUIT', 'HUP', 'ABRT', 'USR1', 'USR2', '1', '2', '3', '6', '9', '15']);

/** Sends a signal to the main process. */
export async function signalContainer(environment: DockerEnvironment, ref: WorkloadRef, signal: string): Promise<void> {
  const { engine, records } = environment;
  const info = await inspectContainer(environment, ref);
  if (!info.State.Running) {
    throw new NovaError('wrong_state', `${ref.name} does not run; it can take no signal.`, {
      details: { fixes: ['Start it first.'] },
    });
  }
  if (ending.has(signal)) records.change(ref.id, (record) => ({ ...record, stopAsked: true }));
  await engine.ask(`Sending SIG${signal} to ${ref.name}`, () => engine.docker.getContainer(info.Id).kill({ signal }));
}
