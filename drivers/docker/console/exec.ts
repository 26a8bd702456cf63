import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ByteChannel, ExecOptions, WorkloadRef } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { type DockerEnvironment, inspectContainer } from '../environment.ts';
import { streamChannel } from './channel.ts';
import { execStarted } from './exec-started.ts';
import { unframed } from './frames.ts';
import { leaveExec, newMark } from './hang-up.ts';

/** How often a running exec is asked for its exit code after its stream has ended, and how many times: the engine knows it a moment later. */
const exitPoll = { everyMs: 50, times: 100 };

/** Runs a command inside. The channel's `exitCode` is known when its output has ended; one that is closed before hangs up on it. */
export async function dockerExec(
  environment: DockerEnvironment,
  ref: WorkloadRef,
  options: ExecOptions,
): Promise<ByteChannel> {
  const { engine, gate } = environment;
  const what = `Running ${options.command[0] ?? 'a command'} in ${ref.name}`;
  const { mark, variable } = newMark(environment);
  const { exec, stream, containerId } = await gate.start(ref.id, async (until) => {
    const info = await inspectContainer(environment, ref);
    if (!info.State.Running || info.State.Paused) {
      throw new NovaError(
        'wrong_state',
        `${ref.name} is ${info.State.Paused ? 'paused' : 'not running'}; a command can run only in a running container.`,
        {
          details: { fixes: [info.State.Paused ? 'Resume it first.' : 'Start it first.'] },
        },
      );
    }
    const made = await engine.ask(what, () =>
      engine.docker.getContainer(info.Id).exec({
        Cmd: options.command,
        AttachStdin: true,
        AttachStdout: true,
        AttachStderr: true,
        Tty: options.tty,
        ...(options.user === undefined ? {} : { User: options.user }),
        ...(options.workingDirectory === undefined ? {} : { WorkingDir: options.workingDirectory }),
        Env: [...Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`), variable],
      }),
    );
    const opened = await engine.ask<Duplex>(what, () => made.start({ hijack: true, stdin: true, Tty: options.tty }));
    until(execStarted(environment, made));
    return { exec: made, stream: opened, containerId: info.Id };
  });
  const resize = async (columns: number, rows: number): Promise<void> => {
    await engine.ask('Changing the size of the terminal', () => exec.resize({ w: columns, h: rows }));
  };
  if (options.tty && options.columns !== undefined && options.rows !== undefined)
    await resize(options.columns, options.rows).catch(() => undefined);
  return streamChannel(stream, options.tty ? stream : unframed(stream), {
    writable: true,
    subject: ref.name,
    ...(options.tty ? { resize } : {}),
    left: () =>
      environment.leave(leaveExec(environment, exec, { id: ref.id, containerId, user: options.user ?? '', mark })),
    async exitCode() {
      for (let time = 0; time < exitPoll.times; time += 1) {
        const state = await engine.ask(what, () => exec.inspect());
        if (!state.Running) return state.ExitCode;
        await sleep(exitPoll.everyMs);
      }
      return null;
    },
  });
}
