/** Longest line taken from a monitor, bytes. The largest real answer, `query-qmp-schema`, has about 0.2 MB. */
export const maxLineBytes = 8 * 1024 * 1024;

/**
 * Cuts a byte stream into lines without decoding parts of a character. `push` returns the complete lines; it throws a
 * RangeError when a line is longer than the limit, so that a monitor gone mad can't fill our memory.
 */
export function createLineSplitter(limit: number = maxLineBytes): { push(chunk: Buffer): string[] } {
  let parts: Buffer[] = [];
  let length = 0;
  return {
    push(chunk) {
      const lines: string[] = [];
      let from = 0;
      for (;;) {
        const end = chunk.indexOf(0x0a, from);
        const part = chunk.subarray(from, end === -1 ? chunk.length : end);
        length += part.length;
        if (length > limit) {
          parts = [];
          throw new RangeError(`a line of more than ${limit} bytes`);
        }
        parts.push(part);
        if (end === -1) {
          return lines;
        }
        lines.push(Buffer.concat(parts).toString('utf8').trimEnd());
        parts = [];
        length = 0;
        from = end + 1;
      }
    },
  };
}
