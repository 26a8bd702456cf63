/** Looks for a text in a stream of bytes. */
export type TextFinder = {
  /** True when the text has been seen, in this chunk or across its border. */
  add(chunk: Uint8Array): boolean;
};

/** Makes a finder. It keeps no more of the stream than the text is long. */
export function createTextFinder(text: string): TextFinder {
  const wanted = Buffer.from(text, 'utf8');
  let tail = Buffer.alloc(0);
  return {
    add(chunk) {
      const joined = Buffer.concat([tail, chunk]);
      tail = joined.subarray(Math.max(0, joined.length - wanted.length + 1));
      return joined.includes(wanted);
    },
  };
}
