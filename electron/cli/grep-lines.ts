import type { ClientBytes } from '../bridge/client.ts';

const newLine = 0x0a;
/** A line that is longer is judged in pieces, so that one without an end takes no more memory, bytes. */
const longestLine = 1024 * 1024;

/** The same stream with only the lines that hold `text`, letter for letter. Its reader acknowledges each chunk as a whole. */
export function grepLines(bytes: ClientBytes, text: string): ClientBytes {
  const wanted = Buffer.from(text, 'utf8');
  /** What each chunk that the reader holds cost of the credit, oldest first. */
  const costs: number[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let tell: (chunk: Uint8Array) => void = () => undefined;
  const pass = (chunk: Buffer, cost: number): void => {
    if (chunk.length > 0) {
      costs.push(cost);
      tell(chunk);
    } else if (cost > 0) bytes.ack(cost);
  };
  return {
    ...bytes,
    ack: () => {
      const cost = costs.shift() ?? 0;
      if (cost > 0) bytes.ack(cost);
    },
    onData(listener) {
      tell = listener;
      bytes.onData((chunk) => {
        const joined = Buffer.concat([rest, chunk]);
        const kept: Buffer[] = [];
        let from = 0;
        for (let end = joined.indexOf(newLine); end !== -1; end = joined.indexOf(newLine, from)) {
          const line = joined.subarray(from, end + 1);
          if (line.includes(wanted)) kept.push(line);
          from = end + 1;
        }
        rest = joined.subarray(from);
        if (rest.length > longestLine) {
          if (rest.includes(wanted)) kept.push(rest);
          rest = Buffer.alloc(0);
        }
        pass(Buffer.concat(kept), chunk.length);
      });
    },
    onEnd(listener) {
      bytes.onEnd((end) => {
        if (rest.includes(wanted)) pass(rest, 0);
        listener(end);
      });
    },
  };
}
