import type { ByteChannel } from '../../driver.ts';
import { NovaError } from '../../errors.ts';

/** The inner end of a byte channel. */
export type ChannelEnd = {
  channel: ByteChannel;
  /** Hands bytes to the reader. Beyond the limit the oldest are dropped: a viewer never slows a workload. */
  push(bytes: Uint8Array): void;
  /** Ends `output` after what waits. */
  end(exitCode?: number): void;
};

/** Bytes that wait at most for a reader that does not read. */
const limitBytes = 16 * 1024 * 1024;

/** Makes a channel. `onWrite` is null for a read-only one. */
export function createChannel(options: {
  onWrite: ((bytes: Uint8Array) => void) | null;
  onResize?: (columns: number, rows: number) => void;
  onClose(): void;
}): ChannelEnd {
  let queue: Uint8Array[] = [];
  let waiting = 0;
  let ended = false;
  let exit: number | null = null;
  let wake = (): void => undefined;

  const finish = (): void => {
    if (!ended) {
      ended = true;
      options.onClose();
      wake();
    }
  };

  async function* output(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const batch = queue;
      queue = [];
      for (const bytes of batch) {
        waiting -= bytes.length;
        yield bytes;
      }
      if (queue.length > 0) {
        continue;
      }
      if (ended) {
        return;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  return {
    channel: {
      output: output(),
      async write(bytes) {
        if (options.onWrite === null) {
          throw new NovaError('wrong_state', 'This console can only be read.');
        }
        if (ended) {
          throw new NovaError('wrong_state', 'This console is closed.');
        }
        options.onWrite(bytes);
      },
      async resize(columns, rows) {
        options.onResize?.(columns, rows);
      },
      async exitCode() {
        return exit;
      },
      close() {
        queue = [];
        waiting = 0;
        finish();
      },
    },
    push(bytes) {
      if (ended) {
        return;
      }
      queue.push(bytes);
      waiting += bytes.length;
      while (waiting > limitBytes && queue.length > 1) {
        waiting -= queue.shift()?.length ?? 0;
      }
      wake();
    },
    end(exitCode) {
      exit = exitCode ?? null;
      finish();
    },
  };
}
