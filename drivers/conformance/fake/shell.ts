import type { FakeRecord } from './record.ts';

/** The prompt of the fake guest, the same as of a BusyBox shell. */
export const prompt = '/ # ';
const flood = 4096;

/** What a command may see and change. */
export type ShellHost = {
  record(): FakeRecord;
  change(part: Partial<FakeRecord>): void;
  /** Ends the workload from the inside. */
  powerOff(): void;
};

const expand = (word: string, record: FakeRecord): string =>
  word.replace(/\$([A-Za-z_][A-Za-z0-9_]*)/g, (_, name: string) => record.memory[name] ?? '');

function* sequence(from: number, to: number): Generator<string> {
  let lines: string[] = [];
  for (let value = from; value <= to; value += 1) {
    lines.push(String(value));
    if (lines.length === flood) {
      yield `${lines.join('\n')}\n`;
      lines = [];
    }
  }
  if (lines.length > 0) {
    yield `${lines.join('\n')}\n`;
  }
}

function toFile(text: string, path: string, host: ShellHost): void {
  host.change({ disk: { ...host.record().disk, [path]: `${text}\n` } });
}

/** The parts of a line between semicolons that stand in no quotes. */
function statements(line: string): string[] {
  return (line.match(/(?:'[^']*'|"[^"]*"|[^;'"])+/g) ?? ['']).map((part) => part.trim());
}

/** The words of a statement without their quotes; variables are put in outside of single quotes. */
function wordsOf(statement: string, record: FakeRecord): string[] {
  return (statement.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []).map((word) =>
    (word.match(/'[^']*'|"[^"]*"|[^'"]+/g) ?? [])
      .map((part) => (part.startsWith("'") ? part.slice(1, -1) : expand(part.replaceAll('"', ''), record)))
      .join(''),
  );
}

/** Runs a line of one or more statements; see `runStatement`. */
export function* runLine(line: string, host: ShellHost): Generator<string, number> {
  let exitCode = 0;
  for (const statement of statements(line)) {
    exitCode = yield* runStatement(statement, host);
  }
  return exitCode;
}

/**
 * Runs one statement as the guest's shell would: `echo`, `echo > FILE`, `cat`, `rm`, `NAME=VALUE`, `seq`, `nproc`, `free`,
 * `uname`, `sync`, `poweroff`. Gives the output in pieces, with plain newlines, and the exit code at the end.
 */
function* runStatement(statement: string, host: ShellHost): Generator<string, number> {
  const record = host.record();
  const assignment = /^([A-Za-z_][A-Za-z0-9_]*)=(\S*)$/.exec(statement);
  if (assignment !== null) {
    const [, name = '', value = ''] = assignment;
    host.change({ memory: { ...record.memory, [name]: value } });
    return 0;
  }
  return yield* runWords(wordsOf(statement, record), host);
}

/** Runs one command whose words are known already, as an exec does. */
export function* runWords(all: string[], host: ShellHost): Generator<string, number> {
  const record = host.record();
  const [command = '', ...words] = all;
  const memoryKiB = Math.floor((record.spec.resources.memoryBytes ?? 0) / 1024);
  switch (command) {
    case '':
    case 'sync':
    case 'true':
      return 0;
    case 'false':
      return 1;
    case 'exit':
      return Number(words[0] ?? 0);
    case 'echo': {
      const arrow = words.indexOf('>');
      const path = arrow === -1 ? undefined : words[arrow + 1];
      if (path === undefined) {
        yield `${words.join(' ')}\n`;
      } else {
        toFile(words.slice(0, arrow).join(' '), path, host);
      }
      return 0;
    }
    case 'cat': {
      const text = record.disk[words[0] ?? ''];
      yield text ?? `cat: can't open '${words[0] ?? ''}': No such file or directory\n`;
      return text === undefined ? 1 : 0;
    }
    case 'rm': {
      const gone = new Set(words);
      host.change({ disk: Object.fromEntries(Object.entries(record.disk).filter(([path]) => !gone.has(path))) });
      return 0;
    }
    case 'seq':
      yield* sequence(words.length > 1 ? Number(words[0]) : 1, Number(words.at(-1) ?? 0));
      return 0;
    case 'nproc':
      yield `${Math.ceil(record.spec.resources.vcpus ?? 1)}\n`;
      return 0;
    case 'free':
      yield `              total\nMem: ${memoryKiB}\n`;
      return 0;
    case 'uname':
      yield 'fake\n';
      return 0;
    case 'poweroff':
      host.powerOff();
      return 0;
    default:
      yield `sh: ${command}: not found\n`;
      return 127;
  }
}
