import type { Readable } from 'node:stream';

/** Ends a stream of the engine on abort, at once when that has happened already. The returned function takes the watch back and ends the stream. */
export function endOnAbort(stream: Readable, signal: AbortSignal): () => void {
  const stop = (): void => void stream.destroy();
  // The end by our own hand is no failure; a reader learns of it by its signal.
  stream.on('error', () => undefined);
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return () => {
    signal.removeEventListener('abort', stop);
    stop();
  };
}

/** The lines of a stream of JSON lines. Ends with the stream and on abort; throws the stream's failure. Closes the stream. */
export async function* readLines(stream: Readable, signal: AbortSignal): AsyncIterable<string> {
  const end = endOnAbort(stream, signal);
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of stream) {
      const parts = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) if (part.trim() !== '') yield part;
    }
    if (rest.trim() !== '') yield rest;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    end();
  }
}
