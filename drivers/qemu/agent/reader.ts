/** Sent by a guest before the answer to `guest-sync-delimited`, so that whatever came before can be told apart. */
const sentinel = 0xff;
/** Longest answer, bytes: the agent keeps 16 MiB of each stream of a command, in base64. */
const maxAnswerBytes = 48 * 1024 * 1024;

/** Cuts what a guest sends into lines. Anything may come: bytes before the last sentinel of a line are dropped. */
export function createAgentReader(limit: number = maxAnswerBytes): { push(chunk: Buffer): string[] } {
  let parts: Buffer[] = [];
  let length = 0;
  return {
    /** The complete lines. Throws a RangeError when a line is longer than the limit. */
    push(chunk) {
      const lines: string[] = [];
      let rest = chunk;
      for (;;) {
        const end = rest.indexOf(0x0a);
        const part = end === -1 ? rest : rest.subarray(0, end);
        const mark = part.lastIndexOf(sentinel);
        if (mark !== -1) {
          parts = [];
          length = 0;
        }
        const kept = part.subarray(mark + 1);
        length += kept.length;
        if (length > limit) {
          parts = [];
          throw new RangeError(`a line of more than ${limit} bytes`);
        }
        parts.push(kept);
        if (end === -1) {
          return lines;
        }
        lines.push(Buffer.concat(parts).toString('utf8').trim());
        parts = [];
        length = 0;
        rest = rest.subarray(end + 1);
      }
    },
  };
}
