import type { ClientBytes } from '../client.ts';
import { errorFromData } from '../contract.ts';

/** Bytes of an upload that may be on their way; the host holds no more than twice as much. */
export const uploadWindowBytes = 1024 * 1024;

/**
 * Sends a stream to `files.write`, never more than the window ahead of what the host has taken. `onTaken` is told how
 * many bytes that is. Resolves with all bytes sent when the workload has them; rejects with the host's error. Closes
 * `bytes` in any case.
 */
export async function sendUpload(
  bytes: ClientBytes,
  content: AsyncIterable<Uint8Array>,
  onTaken?: (bytes: number) => void,
): Promise<number> {
  let taken = 0;
  let sent = 0;
  let line = '';
  let over = false;
  let wake: (() => void) | null = null;
  const decoder = new TextDecoder();
  const done = Promise.withResolvers<void>();
  // Awaited at the end; a failure before is no unhandled one.
  done.promise.catch(() => undefined);
  bytes.onData((chunk) => {
    bytes.ack(chunk.length);
    // The host writes one line for each piece that it took: the sum of all. A line may come in parts.
    const lines = (line + decoder.decode(chunk, { stream: true })).split('\n');
    line = lines.pop() ?? '';
    taken = Number(lines.at(-1) ?? taken);
    onTaken?.(taken);
    wake?.();
  });
  bytes.onEnd(({ error }) => {
    over = true;
    if (error === null) done.resolve();
    else done.reject(errorFromData(error));
    wake?.();
  });
  const ended = (): boolean => over;
  const ahead = (): boolean => sent - taken > uploadWindowBytes;
  try {
    for await (const chunk of content) {
      for (let at = 0; at < chunk.length && !ended(); at += uploadWindowBytes) {
        const piece = chunk.subarray(at, at + uploadWindowBytes);
        bytes.write(piece);
        sent += piece.length;
        while (ahead() && !ended())
          await new Promise<void>((go) => {
            wake = go;
          });
      }
      if (ended()) break;
    }
    bytes.endInput();
    await done.promise;
    return sent;
  } finally {
    bytes.close();
  }
}
