/** A value of a port on its way between page and main process: text as it is, bytes as base64. */
export type WireValue = { text: unknown } | { bytes: string };

/** To the wire. Throws for what the bridge never sends. */
export function toWire(value: unknown): WireValue {
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') };
  if (typeof value === 'string') return { text: value };
  throw new Error(`A port got a ${typeof value}; the bridge sends text and bytes only.`);
}

/** From the wire. What is neither text nor bytes is null, as a page could send it. */
export function fromWire(wire: WireValue): string | Uint8Array | null {
  if ('bytes' in wire) return new Uint8Array(Buffer.from(wire.bytes, 'base64'));
  return typeof wire.text === 'string' ? wire.text : null;
}
