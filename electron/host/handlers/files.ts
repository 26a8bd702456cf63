import type { ByteChannel, FileGroup, WorkloadRef } from '../../../drivers/driver.ts';
import { NovaError } from '../../../drivers/errors.ts';
import type { Handlers } from '../../bridge/handlers.ts';
import type { HostContext } from '../context.ts';

/** Files inside workloads. */
export function fileHandlers(
  host: HostContext,
): Pick<Handlers, 'files.list' | 'files.stat' | 'files.read' | 'files.write'> {
  const { registry } = host;
  const of = (key: string): { group: FileGroup; ref: WorkloadRef } => {
    const record = registry.find(key);
    const driver = registry.driver(record);
    if (!driver.files) {
      host.drivers.refuse(driver.name, 'files');
    }
    return { group: driver.files, ref: registry.ref(record) };
  };
  return {
    'files.list': async ({ workload, path }) => {
      const { group, ref } = of(workload);
      return group.list(ref, path);
    },
    'files.stat': async ({ workload, path }) => {
      const { group, ref } = of(workload);
      return group.stat(ref, path);
    },
    'files.read': async ({ workload, path }) => {
      const { group, ref } = of(workload);
      const closed = new AbortController();
      const { entry, content } = await group.read(ref, path, closed.signal);
      return {
        answer: { entry },
        channel: { output: content, write: async () => {}, close: () => closed.abort() },
      };
    },
    'files.write': async ({ workload, path, ...options }) => {
      const { group, ref } = of(workload);
      return {
        answer: {},
        channel: uploadChannel((content, signal) => group.write(ref, path, content, options, signal)),
      };
    },
  };
}

/** A channel whose input is handed to `write` as a stream; its output tells how many bytes were taken. */
function uploadChannel(write: (content: AsyncIterable<Uint8Array>, signal: AbortSignal) => Promise<void>): ByteChannel {
  const closed = new AbortController();
  // One piece at a time: a write resolves when the driver has taken it, and this is what slows the sender.
  let waiting: { bytes: Uint8Array; taken: () => void } | null = null;
  let ended = false;
  let wakeReader: (() => void) | null = null;
  let taken = 0;
  let told = 0;
  let wakeTeller: (() => void) | null = null;
  const over = (): boolean => closed.signal.aborted;
  const content = async function* (): AsyncIterable<Uint8Array> {
    for (;;) {
      if (over()) throw new NovaError('cancelled', 'The upload was given up.');
      if (waiting !== null) {
        const piece = waiting;
        waiting = null;
        yield piece.bytes;
        taken += piece.bytes.length;
        piece.taken();
        wakeTeller?.();
      } else if (ended) return;
      else
        await new Promise<void>((resolve) => {
          wakeReader = resolve;
        });
    }
  };
  let outcome: { error: unknown } | null = null;
  const done = write(content(), closed.signal).then(
    () => {
      outcome = { error: null };
      return undefined;
    },
    (error: unknown) => {
      outcome = { error };
    },
  );
  void done.then(() => {
    // Nobody reads the rest of a failed upload: its sender learns of it by the end of the stream.
    waiting?.taken();
    wakeTeller?.();
    return undefined;
  });
  const finished = (): { error: unknown } | null => outcome;
  return {
    output: (async function* tell() {
      for (;;) {
        if (taken > told) {
          told = taken;
          yield new TextEncoder().encode(`${told}\n`);
          continue;
        }
        const end = finished();
        if (end !== null) {
          if (end.error !== null && !over()) throw end.error;
          return;
        }
        await new Promise<void>((resolve) => {
          wakeTeller = resolve;
        });
      }
    })(),
    async write(bytes) {
      if (over() || finished() !== null) return;
      await new Promise<void>((resolve) => {
        waiting = { bytes, taken: resolve };
        wakeReader?.();
      });
    },
    async endInput() {
      ended = true;
      wakeReader?.();
    },
    close() {
      if (finished() === null) closed.abort();
      waiting?.taken();
      wakeReader?.();
      wakeTeller?.();
    },
  };
}
