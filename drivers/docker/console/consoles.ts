import type { Duplex, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ByteChannel, ConsoleInfo, ExecOptions, OpenConsole, WorkloadRef } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { endOnAbort } from '../engine/lines.ts';
import { type DockerEnvironment, inspectContainer } from '../environment.ts';
import { dockerSettings } from '../plan.ts';
import { demultiplex, streamChannel, stripHeaders } from './channel.ts';
import { execStarted } from './exec-started.ts';

/** Lines of the log that an opened console shows first. */
const replayLines = 2_000;
/** How often a running exec is asked for its exit code after its stream has ended, and how many times: the engine knows it a moment later. */
const exitPoll = { everyMs: 50, times: 100 };

/** The streams that a container offers now. */
export async function dockerConsoles(environment: DockerEnvironment, ref: WorkloadRef): Promise<ConsoleInfo[]> {
  const info = await inspectContainer(environment, ref);
  const running = info.State.Running && !info.State.Paused;
  return [
    ...(running ? [{ id: 'exec', kind: 'exec' as const, label: 'Shell', writable: true }] : []),
    { id: 'attach', kind: 'attach', label: 'Main process', writable: running && info.Config.OpenStdin },
    { id: 'log', kind: 'logs', label: 'Log', writable: false },
  ];
}

/** Runs a command inside. The channel's `exitCode` is known when its output has ended. */
export async function dockerExec(
  environment: DockerEnvironment,
  ref: WorkloadRef,
  options: ExecOptions,
): Promise<ByteChannel> {
  const { engine, gate } = environment;
  const what = `Running ${options.command[0] ?? 'a command'} in ${ref.name}`;
  const { exec, stream } = await gate.start(ref.id, async (until) => {
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
        ...(options.env === undefined
          ? {}
          : { Env: Object.entries(options.env).map(([name, value]) => `${name}=${value}`) }),
      }),
    );
    const opened = await engine.ask<Duplex>(what, () => made.start({ hijack: true, stdin: true, Tty: options.tty }));
    until(execStarted(environment, made));
    return { exec: made, stream: opened };
  });
  const resize = async (columns: number, rows: number): Promise<void> => {
    await engine.ask('Changing the size of the terminal', () => exec.resize({ w: columns, h: rows }));
  };
  if (options.tty && options.columns !== undefined && options.rows !== undefined)
    await resize(options.columns, options.rows).catch(() => undefined);
  return streamChannel(stream, options.tty ? stream : demultiplex(engine.docker, stream), {
    writable: true,
    subject: ref.name,
    ...(options.tty ? { resize } : {}),
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

/** Whose log it is, and whether it comes without frames: known from what was asked for, or from the engine for a record that lacks it. */
async function logSource(
  environment: DockerEnvironment,
  ref: WorkloadRef,
): Promise<{ containerId: string; tty: boolean }> {
  const { containerId, spec } = environment.records.get(ref.id);
  if (spec !== undefined) return { containerId, tty: dockerSettings(spec).tty };
  const info = await inspectContainer(environment, ref);
  return { containerId: info.Id, tty: info.Config.Tty };
}

/** The log as a stream of text; follows while `follow` and ends with the container or on abort. */
export async function* dockerLogs(
  environment: DockerEnvironment,
  ref: WorkloadRef,
  options: { follow: boolean; tail?: number; sinceMs?: number; timestamps?: boolean },
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  const { engine } = environment;
  const { containerId, tty } = await logSource(environment, ref);
  const query = {
    stdout: true,
    stderr: true,
    timestamps: options.timestamps ?? false,
    ...(options.tail === undefined ? {} : { tail: options.tail }),
    ...(options.sinceMs === undefined ? {} : { since: options.sinceMs / 1000 }),
  };
  const container = engine.docker.getContainer(containerId);
  const what = `Reading the log of ${ref.name}`;
  // The engine ends what follows one that does not run.
  if (!options.follow) {
    const bytes = await engine.ask<Buffer>(what, () => container.logs({ ...query, follow: false }));
    yield tty ? bytes : stripHeaders(bytes);
    return;
  }
  const raw = (await engine.ask(what, () => container.logs({ ...query, follow: true }))) as unknown as Readable;
  const stream = tty ? raw : demultiplex(engine.docker, raw);
  const end = endOnAbort(raw, signal);
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (error) {
    if (!signal.aborted)
      throw new NovaError('engine_unavailable', `The log of ${ref.name} was cut.`, { cause: error, retryable: true });
  } finally {
    end();
  }
}

/** Opens a shell, the main process or the log. */
export async function openDockerConsole(
  environment: DockerEnvironment,
  ref: WorkloadRef,
  consoleId: string,
  options: OpenConsole,
): Promise<ByteChannel> {
  const { engine } = environment;
  const info = await inspectContainer(environment, ref);
  switch (consoleId) {
    case 'exec':
      return dockerExec(environment, ref, {
        // A shell that most images have; the better one where it is there.
        command: ['/bin/sh', '-c', 'command -v bash >/dev/null 2>&1 && exec bash || exec sh'],
        tty: true,
        ...(options.columns === undefined ? {} : { columns: options.columns }),
        ...(options.rows === undefined ? {} : { rows: options.rows }),
      });
    case 'attach': {
      const container = engine.docker.getContainer(info.Id);
      const writable = info.State.Running && info.Config.OpenStdin && !(options.readOnly ?? false);
      const stream = (await engine.ask(`Attaching to ${ref.name}`, () =>
        container.attach({
          stream: true,
          hijack: true,
          stdin: writable,
          stdout: true,
          stderr: true,
          logs: options.replayBytes !== 0,
        }),
      )) as Duplex;
      return streamChannel(stream, info.Config.Tty ? stream : demultiplex(engine.docker, stream), {
        writable,
        subject: ref.name,
        ...(info.Config.Tty
          ? {
              resize: async (columns: number, rows: number) => {
                await engine.ask('Changing the size of the terminal', () => container.resize({ w: columns, h: rows }));
              },
            }
          : {}),
      });
    }
    case 'log': {
      const abort = new AbortController();
      const lines = options.replayBytes === 0 ? 0 : replayLines;
      return {
        output: dockerLogs(environment, ref, { follow: info.State.Running, tail: lines }, abort.signal),
        write: async () => {
          throw new NovaError('wrong_state', `${ref.name}: the log can't be written to.`);
        },
        close: () => abort.abort(),
      };
    }
    default:
      throw new NovaError('not_found', `${ref.name} has no console ${consoleId}; there are exec, attach and log.`);
  }
}
