import type { BridgeClient } from '../../bridge/client.ts';
import { type MetricPoint, NovaError } from '../../bridge/contract.ts';
import { tellOthers } from '../console-watchers.ts';
import { grepLines } from '../grep-lines.ts';
import { plain } from '../plain.ts';
import { collectText, followText, joinTerminal } from '../terminal.ts';
import { formatBytes, parseCount, parseMoment } from '../units.ts';
import type { Register } from './context.ts';

const terminalSize = (): { columns?: number; rows?: number } =>
  // A terminal that does not know its size says 0.
  process.stdout.isTTY && process.stdout.columns > 0 && process.stdout.rows > 0
    ? { columns: process.stdout.columns, rows: process.stdout.rows }
    : {};

/** The console that is meant; where none is named the serial line, else the main process. */
async function consoleOf(
  client: BridgeClient,
  workload: string,
  named: string | undefined,
): Promise<{ id: string; lineFeedOnly: boolean }> {
  const consoles = await client.call('consoles.list', { workload });
  const usual = consoles.find((one) => one.kind === 'serial') ?? consoles.find((one) => one.kind === 'attach');
  const id = named ?? usual?.id ?? consoles[0]?.id ?? 'serial0';
  return { id, lineFeedOnly: consoles.find((one) => one.id === id)?.lineFeedOnly ?? false };
}

type LogOptions = { follow?: boolean; tail?: number; since?: number; grep?: string; timestamps?: boolean };

type ConsoleOptions = {
  console?: string;
  readOnly?: boolean;
  replay?: number;
  until?: string;
  timeout: number;
};

const statsLine = (name: string, point: MetricPoint): string => {
  const cpu = point.cpuCores === null ? '-' : `${(point.cpuCores * 100).toFixed(1)} %`;
  const memory = point.memoryBytes === null ? '-' : formatBytes(point.memoryBytes);
  const rate = (value: number | null): string => (value === null ? '-' : `${formatBytes(Math.round(value))}/s`);
  const disk = `${rate(point.diskReadRate)} read, ${rate(point.diskWriteRate)} written`;
  return `${name}  CPU ${cpu}  memory ${memory}  disk ${disk}  network ${rate(point.networkRxRate)} in, ${rate(point.networkTxRate)} out`;
};

/** Says of each workload that it has ended; aborts when all have. Settles after the abort. */
async function endOfAll(
  client: BridgeClient,
  names: ReadonlyMap<string, string>,
  over: AbortController,
): Promise<void> {
  const { signal } = over;
  await Promise.all(
    [...names].map(async ([id, name]) => {
      try {
        const { phase, reason } = await client.call('workloads.wait', { workload: id }, { signal });
        process.stderr.write(`novacron: ${name} has no more statistics: ${phase}. ${plain(reason)}\n`);
      } catch (error) {
        // Given up, or lost with the connection, which ends the stream with its error.
        if (!(error instanceof NovaError)) throw error;
        if (error.code === 'not_found') process.stderr.write(`novacron: ${plain(error.message)}\n`);
      }
    }),
  );
  over.abort();
}

/** console, exec, logs, stats, events. */
export const registerStreams: Register = (program, run) => {
  program
    .command('console <workload>')
    .description('attach this terminal; Ctrl-] leaves')
    .option('--console <id>', 'another console than the serial line')
    .option('--read-only', 'only look')
    .option('--replay <bytes>', 'how much of the record to show first', Number)
    .option('--until <text>', 'leave as soon as this text was shown; for scripts')
    .option('--timeout <seconds>', 'with --until: fail when it was not shown by then', parseCount, 60)
    .action((workload: string, options: ConsoleOptions, command) =>
      run(command, async (session) => {
        const { id, lineFeedOnly } = await consoleOf(session.client, workload, options.console);
        const { answer, bytes } = await session.client.open('consoles.open', {
          workload,
          console: id,
          readOnly: options.readOnly === true,
          ...(options.replay === undefined ? {} : { replayBytes: options.replay }),
          ...terminalSize(),
        });
        const { writable } = answer;
        const tell = (text: string): void => void process.stderr.write(`${text}\r\n`);
        const leave = writable ? 'Ctrl-] leaves.' : 'Only reading. Ctrl-C leaves.';
        if (process.stdin.isTTY) tell(`Console ${id} of ${workload}. ${leave}`);
        else if (!writable && options.readOnly !== true) tell(`Console ${id} of ${workload}: only reading.`);
        const left = new AbortController();
        // A script has no use for the comings and goings of others.
        if (process.stdin.isTTY && process.stderr.isTTY)
          void tellOthers(session.client, { workload, console: id, writable, signal: left.signal }, (text) =>
            tell(`\r\n[novacron: ${text}]`),
          );
        try {
          await joinTerminal(bytes, {
            writable,
            lineFeedOnly,
            untilEnd: false,
            ...(options.until === undefined
              ? {}
              : {
                  until: {
                    text: options.until,
                    limitMs: options.timeout * 1000,
                    subject: `${workload}, console ${id}`,
                  },
                }),
          });
        } finally {
          left.abort();
        }
      }),
    );
  program
    .command('exec <workload> <command...>')
    .description('run a command inside; ends with its exit code')
    .option('-t, --tty', 'with a terminal', process.stdout.isTTY && process.stdin.isTTY)
    .option('--no-tty', 'without a terminal')
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
        if (session.json) {
          const { text: output, exitCode } = await collectText(bytes, process.stdin.isTTY ? null : process.stdin);
          session.print({ output, exitCode }, '');
          process.exitCode = exitCode ?? 0;
          return;
        }
        process.exitCode = (await joinTerminal(bytes, { writable: true, untilEnd: true })) ?? 0;
      }),
    );
  program
    .command('logs <workload>')
    .description('print its log')
    .option('-f, --follow', 'go on as it grows; with --json one value a piece')
    .option('--tail <lines>', 'only the last lines', Number)
    .option('--since <moment>', 'only what came later: 10m, 2h, 2026-01-31T08:00:00Z', (text) => parseMoment(text))
    .option('--grep <text>', 'only the lines that hold this text')
    .option('--timestamps', 'with times')
    .action((workload: string, options: LogOptions, command) =>
      run(command, async (session) => {
        const { bytes: all } = await session.client.open('logs.read', {
          workload,
          follow: options.follow === true,
          timestamps: options.timestamps === true,
          ...(options.tail === undefined ? {} : { tail: options.tail }),
          ...(options.since === undefined ? {} : { sinceMs: options.since }),
        });
        const bytes = options.grep === undefined ? all : grepLines(all, options.grep);
        if (session.json && options.follow !== true) {
          session.print({ text: (await collectText(bytes, null)).text }, '');
          return;
        }
        if (session.json) {
          await followText(bytes, (text) => session.print({ text }, ''));
          return;
        }
        await joinTerminal(bytes, { writable: false, untilEnd: true });
      }),
    );
  program
    .command('stats <workload...>')
    .description('CPU, memory, disk and network, each second')
    .option('-n, --count <n>', 'stop after so many lines', Number)
    .action((workloads: string[], options: { count?: number }, command) =>
      run(command, async (session) => {
        const known = await Promise.all(
          workloads.map((workload) => session.client.call('workloads.get', { workload })),
        );
        for (const { spec, observation } of known) {
          if (observation.phase !== 'running' && observation.phase !== 'paused')
            throw new NovaError(
              'wrong_state',
              `${spec.name} does not run (${observation.phase}); it has no statistics.`,
            );
        }
        const names = new Map(known.map((one) => [one.id, one.spec.name]));
        // A stream has no end: with --json one sample of each is what fits into one value.
        const limit = options.count ?? (session.json ? known.length : Number.POSITIVE_INFINITY);
        const values: unknown[] = [];
        let count = 0;
        const over = new AbortController();
        const all = endOfAll(session.client, names, over);
        const sampling = { signal: over.signal };
        for await (const { workloadId, point } of session.client.stream('metrics.subscribe', { workloads }, sampling)) {
          const name = names.get(workloadId) ?? workloadId;
          count += 1;
          if (session.json) values.push({ workload: name, ...point });
          else session.print(null, statsLine(name, point));
          if (count >= limit) break;
        }
        over.abort();
        await all;
        if (session.json) session.print(values, '');
      }),
    );
  program
    .command('events')
    .description('what happened')
    .option('-f, --follow', 'and what happens from now on; with --json one value a line')
    .option('-n, --limit <n>', 'how many', Number, 50)
    .action((options: { follow?: boolean; limit: number }, command) =>
      run(command, async (session) => {
        const line = (event: { atMs: number; level: string; message: string }): string =>
          `${new Date(event.atMs).toISOString()}  ${event.level}  ${plain(event.message)}`;
        // Listened to before the past is asked for: nothing may fall in between.
        const coming =
          options.follow === true ? session.client.stream('events.subscribe', {})[Symbol.asyncIterator]() : null;
        let next = coming?.next();
        const past = await session.client.call('events.list', { limit: options.limit });
        const text = [...past].reverse().map(line).join('\n');
        if (coming === null || next === undefined) {
          session.print(past, text);
          return;
        }
        if (!session.json) session.print(past, text);
        const known = past[0]?.id ?? 0;
        for (let one = await next; one.done !== true; one = await next) {
          next = coming.next();
          if (one.value.id > known) session.print(one.value, line(one.value));
        }
      }),
    );
};
