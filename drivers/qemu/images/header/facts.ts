/** The image formats that NovaCron reads. */
export type ImageFormat = 'raw' | 'qcow2' | 'vmdk' | 'vdi' | 'vhdx';

/** What a header says, or why the image is not taken. */
export type HeaderResult = { ok: true; format: ImageFormat; virtualBytes: number } | { ok: false; reason: string };

/** Reads bytes of a file at an offset; fewer come back at its end. */
export type ReadAt = (offset: number, length: number) => Buffer;

/** Largest disk that is taken, bytes: the limit of the spec. A header that claims more is a mistake or an attack. */
export const maxVirtualBytes = 64 * 1024 ** 4;

/** A refused header. */
export function refuse(reason: string): HeaderResult {
  return { ok: false, reason };
}

/** A number of a header as a safe integer, or null when it is out of reach. */
export function safeNumber(value: bigint): number | null {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : null;
}

/** Accepts a size, or says what is wrong with it. */
export function acceptSize(format: ImageFormat, size: bigint): HeaderResult {
  const bytes = safeNumber(size);
  if (bytes === null || bytes > maxVirtualBytes) {
    return refuse(`it claims a size of ${size} bytes; the most is ${maxVirtualBytes} (64 TiB)`);
  }
  if (bytes === 0) {
    return refuse('it claims a size of 0 bytes');
  }
  return { ok: true, format, virtualBytes: bytes };
}
