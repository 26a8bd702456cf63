/** The last bytes of a text that is read to its end, from the beginning of a line where it had to be cut. */
export async function lastBytes(source: AsyncIterable<Uint8Array>, mostBytes: number): Promise<Buffer> {
  let kept = Buffer.alloc(0);
  let cut = false;
  let waiting: Uint8Array[] = [];
  let held = 0;
  const press = (): void => {
    const all = Buffer.concat([kept, ...waiting]);
    cut ||= all.length > mostBytes;
    kept = all.subarray(Math.max(0, all.length - mostBytes));
    waiting = [];
    held = 0;
  };
  for await (const chunk of source) {
    waiting.push(chunk);
    held += chunk.byteLength;
    // Copied once for as many bytes as are kept, not for each chunk.
    if (held > mostBytes) press();
  }
  press();
  return cut ? kept.subarray(kept.indexOf('\n') + 1) : kept;
}

/** How many bytes at the beginning of `after` are the end of `before` too: what was read twice. */
export function overlap(before: Buffer, after: Buffer): number {
  for (let length = Math.min(before.length, after.length); length > 0; length -= 1) {
    if (before.subarray(before.length - length).equals(after.subarray(0, length))) return length;
  }
  return 0;
}
