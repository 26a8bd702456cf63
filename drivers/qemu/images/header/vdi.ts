import { acceptSize, type HeaderResult, type ReadAt, refuse } from './facts.ts';

/** The signature at byte 64. Source: QEMU's block/vdi.c, VdiHeader. */
export const vdiSignature = 0xbeda107f;
/** Where the signature stands. */
export const vdiSignatureOffset = 64;

const blockBytes = 1024 * 1024;

/** Reads a VirtualBox image. */
export function parseVdi(read: ReadAt, fileBytes: number): HeaderResult {
  const head = read(0, 512);
  if (head.length < 512) {
    return refuse('it ends within its header');
  }
  if (head.readUInt32LE(0x44) !== 0x00010001) {
    return refuse(`it has the unknown version 0x${head.readUInt32LE(0x44).toString(16)}`);
  }
  const type = head.readUInt32LE(0x4c);
  if (type !== 1 && type !== 2) {
    return refuse('it is neither a dynamic nor a static image; it may stand on another one');
  }
  const parentIds = head.subarray(0x1a8, 0x1c8);
  if (parentIds.some((byte) => byte !== 0)) {
    return refuse('it stands on a parent image; flatten it first');
  }
  const size = acceptSize('vdi', head.readBigUInt64LE(0x170));
  if (!size.ok) {
    return size;
  }
  if (head.readUInt32LE(0x178) !== blockBytes || head.readUInt32LE(0x168) !== 512) {
    return refuse('it has an unknown block size');
  }
  const blocks = head.readUInt32LE(0x180);
  if (blocks * blockBytes < size.virtualBytes) {
    return refuse('its block table does not fit its size');
  }
  if (head.readUInt32LE(0x154) + blocks * 4 > fileBytes) {
    return refuse('it is cut off: its block table lies outside the file');
  }
  return size;
}
