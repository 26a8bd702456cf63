import type { BridgeClient } from '../../bridge/client.ts';
import { joinTerminal } from '../terminal.ts';
import { formatBytes } from '../units.ts';
import type { Register } from './context.ts';

const terminalSize = (): { columns?: number; rows?: number } =>
  process.stdout.isTTY ? { columns: process.stdout.columns, rows: process.stdout.rows } : {};

/** The console that a person means who names none: the serial line, else the main process. */
async function defaultConsole(client: BridgeClient, workload: string): Promise<string> {
  const consoles = await client.call('consoles.list', { workload });
  const serial = consoles.find((one) => one.kind === 'serial') ?? consoles.find((one) => one.kind === 'attach');
  return serial?.id ?? consoles[0]?.id ?? 'serial0';
}

/** console, exec, logs, stats, events. */
export const registerStreams: Register = (program, run) => {
  program
    .command('console <workload>')
    .description('attach this terminal; Ctrl-] leaves')
    .option('--console <id>', 'another console than the serial line')
    .option('--read-only', 'only look')
    .option('--replay <bytes>', 'how much of the record to show first', Number)
    .action((workload: string, options: { console?: string; readOnly?: boolean; replay?: number }, command) =>
      run(command, async (session) => {
        const id = options.console ?? (await defaultConsole(session.client, workload));
        const { answer, bytes } = await session.client.open('consoles.open', {
          workload,
          console: id,
          readOnly: options.readOnly === true,
          ...(options.replay === undefined ? {} : { replayBytes: options.replay }),
          ...terminalSize(),
        });
        if (process.stdin.isTTY) process.stderr.write(`Console ${id} of ${workload}. Ctrl-] leaves.\r\n`);
        await joinTerminal(bytes, { writable: answer.writable, untilEnd: false });
      }),
    );
  program
    .command('exec <workload> <command...>')
    .description('run a command inside; ends with its exit code')
    .option('-t, --tty', 'with a terminal', process.stdout.isTTY && process.stdin.isTTY)
    .option('-u, --user <user>', 'as this user')
    .passThroughOptions()
    .action((workload: string, words: string[], options: { tty?: boolean; user?: string }, command) =>
      run(command, async (session) => {
        const { bytes } = await session.client.open('exec.start', {
          workload,
          command: words,
          tty: options.tty === true,
          ...(options.user === undefined ? {} : { user: options.user }),
          ...terminalSize(),
        });
        process.exitCode = (await joinTerminal(bytes, { writable: true, untilEnd: true })) ?? 0;
      }),
    );
  program
    .command('logs <workload>')
    .description('print its log')
    .option('-f, --follow', 'go on as it grows')
    .option('--tail <lines>', 'only the last lines', Number)
    .option('--timestamps', 'with times')
    .action((workload: string, options: { follow?: boolean; tail?: number; timestamps?: boolean }, command) =>
      run(command, async (session) => {
        const { bytes } = await session.client.open('logs.read', {
          workload,
          follow: options.follow === true,
          timestamps: options.timestamps === true,
          ...(options.tail === undefined ? {} : { tail: options.tail }),
        });
        await joinTerminal(bytes, { writable: false, untilEnd: true });
      }),
    );
  program
    .command('stats <workload...>')
    .description('CPU, memory, disk and network, each second')
    .option('-n, --count <n>', 'stop after so many lines', Number)
    .action((workloads: string[], options: { count?: number }, command) =>
      run(command, async (session) => {
        const names = new Map((await session.client.call('workloads.list', {})).map((one) => [one.id, one.spec.name]));
        let count = 0;
        for await (const { workloadId, point } of session.client.stream('metrics.subscribe', { workloads })) {
          const cpu = point.cpuCores === null ? '-' : `${(point.cpuCores * 100).toFixed(1)} %`;
          const memory = point.memoryBytes === null ? '-' : formatBytes(point.memoryBytes);
          session.print(
            { workload: names.get(workloadId), ...point },
            `${names.get(workloadId) ?? workloadId}  CPU ${cpu}  memory ${memory}`,
          );
          count += 1;
          if (options.count !== undefined && count >= options.count) return;
        }
      }),
    );
  program
    .command('events')
    .description('what happened')
    .option('-f, --follow', 'and what happens from now on')
    .option('-n, --limit <n>', 'how many', Number, 50)
    .action((options: { follow?: boolean; limit: number }, command) =>
      run(command, async (session) => {
        const line = (event: { atMs: number; level: string; message: string }): string =>
          `${new Date(event.atMs).toISOString()}  ${event.level}  ${event.message}`;
        const past = await session.client.call('events.list', { limit: options.limit });
        const text = [...past].reverse().map(line).join('\n');
        if (options.follow !== true) {
          session.print(past, text);
          return;
        }
        if (!session.json) session.print(past, text);
        for await (const event of session.client.stream('events.subscribe', {})) session.print(event, line(event));
      }),
    );
};
