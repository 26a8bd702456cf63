/** Bytes of a frame's header: the stream, three zero bytes, the length of what follows, big-endian (Engine API, ContainerAttach). */
const headerBytes = 8;
/** Standard input, output, error, and what the engine itself says. */
const lastStream = 3;

/**
 * What the frames of a multiplexed stream hold, standard output and error together, as it comes: a long frame in pieces. Reads no
 * faster than it is read, which the client's own way does not: it would put into memory what a slow reader has not taken. A frame that is cut off ends it; what is not in frames is given as it is.
 */
export async function* unframed(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let header = Buffer.alloc(0);
  let left = 0;
  let plain = false;
  for await (const chunk of stream) {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    while (rest.length > 0 && !plain) {
      if (left > 0) {
        const part = rest.subarray(0, left);
        left -= part.length;
        rest = rest.subarray(part.length);
        yield part;
        continue;
      }
      const missing = headerBytes - header.length;
      header = Buffer.concat([header, rest.subarray(0, missing)]);
      rest = rest.subarray(missing);
      if (header.length < headerBytes) continue;
      plain = (header[0] ?? 0) > lastStream || header.readUIntBE(1, 3) !== 0;
      left = header.readUInt32BE(4);
      if (plain) yield header;
      header = Buffer.alloc(0);
    }
    if (plain && rest.length > 0) yield rest;
  }
}
