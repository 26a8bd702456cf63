/** A serial line takes what a person types at once; more than that is sent in pieces of so many characters. */
const pieceLength = 256;
/** Pause between two pieces, milliseconds: a guest's serial driver has a buffer of a few kilobytes. */
const pauseMs = 20;

/** Sends text in order; what is long goes in pieces with pauses, so that a guest's small buffer loses nothing. */
export function pasteInPieces(write: (text: string) => void): { send(text: string): void; drop(): void } {
  let queue = '';
  let timer: ReturnType<typeof setTimeout> | null = null;
  const next = (): void => {
    timer = null;
    // Whole characters only: a surrogate pair must not be cut.
    const piece = Array.from(queue.slice(0, pieceLength + 1))
      .slice(0, pieceLength)
      .join('');
    queue = queue.slice(piece.length);
    write(piece);
    if (queue !== '') timer = setTimeout(next, pauseMs);
  };
  return {
    send(text) {
      queue += text;
      if (timer === null) next();
    },
    /** Forgets what waits: the stream has changed. */
    drop() {
      queue = '';
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
