import { acceptSize, type HeaderResult, type ImageFormat, type ReadAt, refuse } from './facts.ts';
import { parseQcow2, qcow2Magic } from './qcow2.ts';
import { parseVdi, vdiSignature, vdiSignatureOffset } from './vdi.ts';
import { parseVhdx, vhdxSignature } from './vhdx.ts';
import { cowdMagic, parseVmdk, vmdkDescriptorStart, vmdkMagic } from './vmdk.ts';

/** Formats that are known by their first bytes and not taken. */
function foreign(head: Buffer): string | null {
  const start = head.toString('latin1', 0, 32);
  if (head.length >= 4 && head.readUInt32BE(0) === cowdMagic) {
    return 'it is an old ESX image (COWD)';
  }
  if (start.startsWith(vmdkDescriptorStart)) {
    return 'it is only a description that names other files; convert it to one file first';
  }
  if (start.startsWith('conectix')) {
    return 'it is a VHD image; convert it to VHDX or qcow2 first';
  }
  if (start.startsWith('QED\0') || start.startsWith('WithoutFreeSpace') || start.startsWith('WithouFreSpacExt')) {
    return 'its format is not one of raw, qcow2, vmdk, vdi and vhdx';
  }
  if (start.startsWith('LUKS\xba\xbe')) {
    return 'it is encrypted';
  }
  return null;
}

/**
 * Reads an image's header without any tool. Pure but for `read`; never throws on what it reads. `declared` is the format that
 * the user named: an image that is another one is refused, except that anything may be taken as raw.
 */
export function parseHeader(read: ReadAt, fileBytes: number, declared?: ImageFormat): HeaderResult {
  if (declared === 'raw') {
    return acceptSize('raw', BigInt(fileBytes));
  }
  const head = read(0, 512);
  const other = foreign(head);
  if (other !== null) {
    return refuse(other);
  }
  const found = recognise(head);
  if (declared !== undefined && found !== declared) {
    return refuse(`it is said to be ${declared}, but its first bytes are not of that format`);
  }
  switch (found) {
    case 'qcow2':
      return parseQcow2(read, fileBytes);
    case 'vmdk':
      return parseVmdk(read, fileBytes);
    case 'vdi':
      return parseVdi(read, fileBytes);
    case 'vhdx':
      return parseVhdx(read, fileBytes);
    case 'raw':
      return acceptSize('raw', BigInt(fileBytes));
  }
}

/** The format by the first bytes; what is nothing else is raw. */
function recognise(head: Buffer): ImageFormat {
  const magic = head.length >= 4 ? head.readUInt32BE(0) : 0;
  if (magic === qcow2Magic) {
    return 'qcow2';
  }
  if (magic === vmdkMagic) {
    return 'vmdk';
  }
  if (head.toString('latin1', 0, 8) === vhdxSignature) {
    return 'vhdx';
  }
  return head.length >= vdiSignatureOffset + 4 && head.readUInt32LE(vdiSignatureOffset) === vdiSignature
    ? 'vdi'
    : 'raw';
}
