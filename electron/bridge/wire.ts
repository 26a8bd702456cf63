import { z } from 'zod';
import { errorSchema } from './schemas.ts';

/** Longest text message that a client may send, bytes: far above any form, far below what would hurt. */
export const maxClientMessageBytes = 1024 * 1024;
/** Bytes of a stream that may be on their way to a client before it has acknowledged any. */
export const initialCreditBytes = 512 * 1024;
/** Largest binary frame, bytes. */
export const maxChunkBytes = 64 * 1024;
/**
 * Bytes that may wait for a client that does not read, beyond which its connection is closed: more than the state of
 * 10,000 workloads.
 */
export const maxUnreadBytes = 128 * 1024 * 1024;
/** Header of a binary frame: u32 stream id (big-endian), u8 kind. */
export const binaryHeaderBytes = 5;
/** The only kind of binary frame so far: bytes of a stream, in either direction. */
export const dataKind = 1;

const id = z.number().int().min(1).max(0xffff_ffff);

/** What a client sends as text. Unknown keys are refused. */
export const clientMessageSchema = z.discriminatedUnion('t', [
  z.strictObject({ t: z.literal('call'), id, method: z.string().max(100), input: z.unknown() }),
  /** Gives a call, stream or byte stream up. */
  z.strictObject({ t: z.literal('cancel'), id }),
  /** The reader has taken in so many bytes. */
  z.strictObject({
    t: z.literal('ack'),
    id,
    bytes: z
      .number()
      .int()
      .min(0)
      .max(1024 * 1024 * 1024),
  }),
  /** Nothing more will be written to a byte stream. */
  z.strictObject({ t: z.literal('eof'), id }),
  z.strictObject({
    t: z.literal('resize'),
    id,
    columns: z.number().int().min(1).max(1000),
    rows: z.number().int().min(1).max(1000),
  }),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;

/** What the host sends as text. */
export const hostMessageSchema = z.discriminatedUnion('t', [
  /** The answer of a query or command; the end of the call. */
  z.object({ t: z.literal('result'), id, value: z.unknown() }),
  /** A failure; the end of the call. Id 0 where the message could not be read. */
  z.object({ t: z.literal('error'), id: z.number(), error: errorSchema }),
  /** One value of a stream. */
  z.object({ t: z.literal('item'), id, value: z.unknown() }),
  /** A byte stream is open. */
  z.object({ t: z.literal('open'), id, value: z.unknown() }),
  /** The end of a stream or byte stream. */
  z.object({ t: z.literal('end'), id, exitCode: z.number().nullable() }),
]);
export type HostMessage = z.infer<typeof hostMessageSchema>;

/** A binary frame: `[u32 stream][u8 kind][payload]`. */
export function encodeData(stream: number, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(binaryHeaderBytes + payload.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, stream);
  view.setUint8(4, dataKind);
  frame.set(payload, binaryHeaderBytes);
  return frame;
}

/** The inverse of `encodeData`; null for a frame that is none. The payload is a view, not a copy. */
export function decodeData(frame: Uint8Array): { stream: number; payload: Uint8Array } | null {
  if (frame.length < binaryHeaderBytes) return null;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint8(4) !== dataKind) return null;
  return { stream: view.getUint32(0), payload: frame.subarray(binaryHeaderBytes) };
}
