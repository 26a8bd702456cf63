import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
} from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import type { ByteChannel, OpenConsole } from '../../driver.ts';
import { type ChannelEnd, createChannel } from './channel.ts';
import type { FakeRecord } from './record.ts';
import { prompt, runLine, type ShellHost } from './shell.ts';

/** Consoles of all workloads of one driver. */
export type Consoles = {
  open(id: string, options: OpenConsole): ByteChannel;
  /** What the guest prints by itself. */
  print(id: string, text: string): void;
  /** The last bytes of the record. */
  tail(id: string, bytes: number): Uint8Array;
  /** Ends all viewers of a workload that ended. */
  end(id: string): void;
  closeAll(): void;
};

/** Recorded bytes are cut to the half when the record grows beyond this. */
const recordLimitBytes = 4 * 1024 * 1024;
const defaultReplayBytes = 256 * 1024;

function readTail(path: string, bytes: number): Uint8Array {
  if (bytes === 0 || !existsSync(path)) {
    return new Uint8Array();
  }
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const length = Math.min(size, bytes);
    const buffer = new Uint8Array(length);
    readSync(file, buffer, 0, length, size - length);
    return buffer;
  } finally {
    closeSync(file);
  }
}

/** Makes the consoles: one hub for each workload, recorded in its log file. */
export function createConsoles(options: {
  logPath(id: string): string;
  record(id: string): FakeRecord;
  shell(id: string): ShellHost;
}): Consoles {
  type Hub = { viewers: Set<ChannelEnd>; line: string; jobs: Promise<void>; size: number; interrupted: boolean };
  const hubs = new Map<string, Hub>();
  const hub = (id: string): Hub => {
    const known = hubs.get(id);
    if (known !== undefined) {
      return known;
    }
    const size = existsSync(options.logPath(id)) ? readFileSync(options.logPath(id)).length : 0;
    const made: Hub = { viewers: new Set(), line: '', jobs: Promise.resolve(), size, interrupted: false };
    hubs.set(id, made);
    return made;
  };

  const print = (id: string, text: string): void => {
    const path = options.logPath(id);
    const one = hub(id);
    // A terminal gets carriage return and line feed, as from a serial line.
    const bytes = Buffer.from(text.replace(/\n/g, '\r\n'));
    appendFileSync(path, bytes, { mode: 0o600 });
    one.size += bytes.length;
    if (one.size > recordLimitBytes) {
      const kept = readTail(path, recordLimitBytes / 2);
      writeFileSync(path, kept);
      one.size = kept.length;
    }
    for (const viewer of one.viewers) {
      viewer.push(bytes);
    }
  };

  const run = async (id: string, line: string): Promise<void> => {
    const one = hub(id);
    one.interrupted = false;
    for (const text of runLine(line, options.shell(id))) {
      if (one.interrupted) {
        break;
      }
      print(id, text);
      await breathe();
    }
    if (hubs.get(id) === one && options.record(id).phase === 'running') {
      print(id, prompt);
    }
  };

  const type = (id: string, bytes: Uint8Array): void => {
    const one = hub(id);
    if (options.record(id).phase !== 'running') {
      return;
    }
    for (const letter of Buffer.from(bytes).toString('utf8')) {
      if (letter === '\r' || letter === '\n') {
        const { line } = one;
        one.line = '';
        print(id, '\n');
        // A failing command of the guest is the guest's business.
        one.jobs = one.jobs.then(() => run(id, line)).catch(() => undefined);
      } else if (letter === '\u0003') {
        one.interrupted = true;
        one.line = '';
        print(id, `^C\n${prompt}`);
      } else if (letter === '\u007f') {
        one.line = one.line.slice(0, -1);
        print(id, '\b \b');
      } else {
        one.line += letter;
        print(id, letter);
      }
    }
  };

  return {
    print,
    tail: (id, bytes) => readTail(options.logPath(id), bytes),
    open(id, open) {
      const one = hub(id);
      const live = ['running', 'paused'].includes(options.record(id).phase);
      const end = createChannel({
        onWrite: open.readOnly === true || !live ? null : (bytes) => type(id, bytes),
        onClose: () => one.viewers.delete(end),
      });
      end.push(readTail(options.logPath(id), open.replayBytes ?? defaultReplayBytes));
      if (live) {
        one.viewers.add(end);
      } else {
        end.end();
      }
      return end.channel;
    },
    end(id) {
      const one = hubs.get(id);
      hubs.delete(id);
      for (const viewer of one?.viewers ?? []) {
        viewer.end();
      }
    },
    closeAll() {
      for (const id of hubs.keys()) {
        this.end(id);
      }
    },
  };
}
