import type { ByteChannel } from '../../../drivers/driver.ts';
import { poll } from './wait.ts';

/** A channel's output as text, with waiting. */
export type Terminal = {
  text(): string;
  /** Waits until the text from `from` on has it; returns the position behind it. */
  see(part: string, from?: number): Promise<number>;
  /** Types a line. */
  line(text: string): Promise<void>;
  /** Resolves when the output has ended. */
  ended: Promise<void>;
  close(): void;
};

/** Reads a channel in the background. */
export function readTerminal(channel: ByteChannel): Terminal {
  const parts: Uint8Array[] = [];
  const text = (): string => Buffer.concat(parts).toString('utf8');
  const read = async (): Promise<void> => {
    for await (const chunk of channel.output) {
      parts.push(chunk);
    }
  };
  return {
    text,
    see: (part, from = 0) =>
      poll(`${JSON.stringify(part)} on the console`, () => {
        const at = text().indexOf(part, from);
        return at === -1 ? null : at + part.length;
      }),
    line: (line) => channel.write(Buffer.from(`${line}\n`)),
    ended: read(),
    close: () => channel.close(),
  };
}
