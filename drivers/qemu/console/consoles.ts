import type { ByteChannel, ConsoleInfo, OpenConsole } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { hasScreen } from '../display/screen.ts';
import type { Machine } from '../machine/machine.ts';
import { consoleLogPath, vncSocketPath } from '../plan/arguments.ts';
import { followRecord, keptRecordBytes } from './follow.ts';
import { type ConsoleHub, createConsoleHub, defaultReplayBytes } from './hub.ts';
import { pastBoots } from './record.ts';
import { openSocketChannel } from './socket-channel.ts';
import { trimRecord } from './trim.ts';
import { createBell } from './wake.ts';

/** All consoles of the driver's machines. */
export type Consoles = {
  list(machine: Machine): ConsoleInfo[];
  open(machine: Machine, consoleId: string, options: OpenConsole): Promise<ByteChannel>;
  /** The record of the present or last boot, for `logs`. */
  log(
    machine: Machine,
    options: { follow: boolean; tailBytes: number },
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array>;
  /** The run has ended. */
  ended(machine: Machine): void;
  /** Gives back the old parts of long records. */
  trim(machine: Machine): Promise<void>;
  forget(machine: Machine): void;
  close(): void;
};

/** A file that grows no more, as a channel. */
function recordChannel(path: string, replayBytes: number): ByteChannel {
  const bell = createBell();
  let closed = false;
  return {
    output: followRecord({ path, replayBytes, growing: () => false, bell, closed: () => closed }),
    write: () => Promise.reject(new NovaError('wrong_state', 'A record cannot be written to.')),
    close() {
      closed = true;
    },
  };
}

/** Makes the consoles. */
export function createConsoles(): Consoles {
  const hubs = new Map<string, ConsoleHub>();
  const hub = (machine: Machine): ConsoleHub => {
    const known = hubs.get(machine.id) ?? createConsoleHub(machine);
    hubs.set(machine.id, known);
    return known;
  };
  return {
    list(machine) {
      const running = machine.record.run !== null;
      return [
        { id: 'serial0', kind: 'serial', label: 'Serial console', writable: running },
        ...(running && hasScreen(machine)
          ? [{ id: 'vnc', kind: 'vnc' as const, label: 'Display', writable: true }]
          : []),
        ...pastBoots(machine.paths).map((entry) => ({
          id: `boot-${entry.boot}`,
          kind: 'record' as const,
          label: `Boot ${entry.boot}`,
          writable: false,
          atMs: entry.startedAtMs,
        })),
        { id: 'qemu', kind: 'logs', label: "QEMU's own messages", writable: false },
      ];
    },
    async open(machine, consoleId, options) {
      if (consoleId === 'serial0') {
        return hub(machine).open(options);
      }
      if (consoleId === 'vnc') {
        if (machine.record.run === null) {
          throw new NovaError('wrong_state', `"${machine.record.spec.name}" does not run: it has no display now.`);
        }
        if (!hasScreen(machine)) {
          throw new NovaError(
            'wrong_state',
            `"${machine.record.spec.name}" was started without a screen: it gets one with its next start.`,
          );
        }
        return await openSocketChannel(vncSocketPath(machine.paths), 'The display');
      }
      if (consoleId === 'qemu') {
        return recordChannel(machine.paths.stderrLog, options.replayBytes ?? defaultReplayBytes);
      }
      const past = pastBoots(machine.paths).find((entry) => `boot-${entry.boot}` === consoleId);
      if (past === undefined) {
        throw new NovaError('not_found', `"${machine.record.spec.name}" has no console "${consoleId}".`);
      }
      return recordChannel(past.path, options.replayBytes ?? keptRecordBytes);
    },
    async *log(machine, { follow, tailBytes }, signal) {
      const channel = follow
        ? hub(machine).open({ readOnly: true, replayBytes: tailBytes })
        : recordChannel(consoleLogPath(machine.paths), tailBytes);
      const close = (): void => channel.close();
      signal.addEventListener('abort', close, { once: true });
      try {
        if (!signal.aborted) {
          yield* channel.output;
        }
      } finally {
        signal.removeEventListener('abort', close);
        channel.close();
      }
    },
    ended(machine) {
      hubs.get(machine.id)?.ended();
    },
    async trim(machine) {
      await trimRecord(consoleLogPath(machine.paths));
    },
    forget(machine) {
      hubs.get(machine.id)?.close();
      hubs.delete(machine.id);
    },
    close() {
      for (const entry of hubs.values()) {
        entry.close();
      }
      hubs.clear();
    },
  };
}
