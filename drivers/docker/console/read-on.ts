/** A stream that is read whether or not anybody takes from it. */
export type ReadOn = {
  /** Takes what has come so far. */
  taken(): Buffer;
  /** What comes from now on; ends and fails with the stream. One reader only. */
  output: AsyncIterable<Uint8Array>;
};

/**
 * Reads a stream on without pause, since an engine holds up a container whose attached reader is slow. Where more than `mostBytes`
 * wait for the reader the oldest are left out, and the reader is told how many.
 */
export function readOn(source: AsyncIterable<Uint8Array>, mostBytes: number): ReadOn {
  let waiting: Uint8Array[] = [];
  let held = 0;
  let skipped = 0;
  let over = null as { failure: unknown } | null;
  let more = Promise.withResolvers<void>();
  const take = (chunk: Uint8Array): void => {
    waiting.push(chunk);
    held += chunk.byteLength;
    while (held > mostBytes && waiting.length > 1) {
      const lost = waiting.shift()?.byteLength ?? 0;
      held -= lost;
      skipped += lost;
    }
    more.resolve();
  };
  const read = async (): Promise<void> => {
    try {
      for await (const chunk of source) take(chunk);
      over = { failure: null };
    } catch (failure) {
      over = { failure };
    }
    more.resolve();
  };
  void read();
  const taken = (): Buffer => {
    const said = skipped > 0 ? [Buffer.from(`\r\n[${skipped} bytes were left out; the log has them]\r\n`)] : [];
    const bytes = Buffer.concat([...said, ...waiting]);
    waiting = [];
    held = 0;
    skipped = 0;
    return bytes;
  };
  return {
    taken,
    output: (async function* output() {
      for (;;) {
        const bytes = taken();
        if (bytes.length > 0) yield bytes;
        else if (over === null) {
          more = Promise.withResolvers();
          await more.promise;
        } else if (over.failure === null) return;
        else throw over.failure;
      }
    })(),
  };
}
