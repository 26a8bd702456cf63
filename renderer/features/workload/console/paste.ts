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
    // A character of two halves must not be cut.
    const cut = /[\uD800-\uDBFF]/.test(queue.charAt(pieceLength - 1)) ? pieceLength - 1 : pieceLength;
    const piece = queue.slice(0, cut);
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
