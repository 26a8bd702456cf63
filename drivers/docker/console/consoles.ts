import type { Duplex } from 'node:stream';
import type { ContainerInspectInfo } from 'dockerode';
import type { ByteChannel, ConsoleInfo, OpenConsole, WorkloadRef } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { type DockerEnvironment, inspectContainer } from '../environment.ts';
import { streamChannel } from './channel.ts';
import { dockerExec } from './exec.ts';
import { unframed } from './frames.ts';
import { dockerLogs } from './log.ts';
import { readOn } from './read-on.ts';
import { lastBytes, overlap } from './tail.ts';

/** Lines of the log that an opened console shows first, and at most so many bytes of them where nothing else is asked for. */
const replayLines = 2_000;
const defaultReplayBytes = 256 * 1024;
/** What waits for a slow reader of an attached container. */
const attachedBytes = 8 * 1024 * 1024;

/** The streams that a container offers now. */
export async function dockerConsoles(environment: DockerEnvironment, ref: WorkloadRef): Promise<ConsoleInfo[]> {
  const info = await inspectContainer(environment, ref);
  const running = info.State.Running && !info.State.Paused;
  const lines = info.Config.Tty ? {} : { lineFeedOnly: true };
  return [
    ...(running ? [{ id: 'exec', kind: 'exec' as const, label: 'Shell', writable: true }] : []),
    { id: 'attach', kind: 'attach', label: 'Main process', writable: running && info.Config.OpenStdin, ...lines },
    { id: 'log', kind: 'logs', label: 'Log', writable: false, ...lines },
  ];
}

/** The main process: the end of its log first, then what it prints and is told. */
async function attach(
  environment: DockerEnvironment,
  ref: WorkloadRef,
  info: ContainerInspectInfo,
  options: OpenConsole,
): Promise<ByteChannel> {
  const { engine } = environment;
  const container = engine.docker.getContainer(info.Id);
  const writable = info.State.Running && info.Config.OpenStdin && !(options.readOnly ?? false);
  const stream = (await engine.ask(`Attaching to ${ref.name}`, () =>
    container.attach({ stream: true, hijack: true, stdin: writable, stdout: true, stderr: true }),
  )) as Duplex;
  const live = readOn(info.Config.Tty ? stream : unframed(stream), attachedBytes);
  const abort = new AbortController();
  const replayBytes = options.replayBytes ?? defaultReplayBytes;
  const output = async function* output(): AsyncGenerator<Uint8Array> {
    if (replayBytes > 0) {
      // What was printed since the attachment is in both. A log that can't be read (its driver sends it away) is none.
      const before = await lastBytes(
        dockerLogs(environment, ref, { follow: false, tail: replayLines }, abort.signal),
        replayBytes,
      ).catch(() => Buffer.alloc(0));
      const come = live.taken();
      const shown = Buffer.concat([before, come.subarray(overlap(before, come))]);
      if (shown.length > 0) yield shown;
    }
    yield* live.output;
  };
  return streamChannel(stream, output(), {
    writable,
    subject: ref.name,
    left: () => abort.abort(),
    ...(info.Config.Tty
      ? {
          resize: async (columns: number, rows: number) => {
            await engine.ask('Changing the size of the terminal', () => container.resize({ w: columns, h: rows }));
          },
        }
      : {}),
  });
}

/** Opens a shell, the main process or the log. */
export async function openDockerConsole(
  environment: DockerEnvironment,
  ref: WorkloadRef,
  consoleId: string,
  options: OpenConsole,
): Promise<ByteChannel> {
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
    case 'attach':
      return attach(environment, ref, info, options);
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
