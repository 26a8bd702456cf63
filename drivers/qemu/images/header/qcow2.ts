import { acceptSize, type HeaderResult, type ReadAt, refuse, safeNumber } from './facts.ts';

/** First bytes of a qcow2 file: "QFI\xfb". */
export const qcow2Magic = 0x514649fb;

// Incompatible feature bits. Source: QEMU's docs/interop/qcow2.txt, "Header".
const dirtyBit = 1n << 0n;
const corruptBit = 1n << 1n;
const dataFileBit = 1n << 2n;
const knownBits = dirtyBit | corruptBit | dataFileBit | (1n << 3n) | (1n << 4n);

// Header extensions that name other files or change what the data means.
const backingFormatExtension = 0xe2792aca;
const dataFileExtension = 0x44415441;
const encryptionExtension = 0x0537be77;

/** Most header extensions that are read: real images have three. */
const maxExtensions = 64;
/** The largest L1 table that QEMU opens, bytes (QCOW_MAX_L1_SIZE). */
const maxL1Bytes = 32 * 1024 * 1024;

function extensionProblem(read: ReadAt, headerLength: number, clusterBytes: number): string | null {
  let offset = headerLength;
  for (let count = 0; count < maxExtensions; count += 1) {
    const head = read(offset, 8);
    if (head.length < 8) {
      return 'it ends within its header';
    }
    const type = head.readUInt32BE(0);
    const length = head.readUInt32BE(4);
    if (type === 0) {
      return null;
    }
    if (type === dataFileExtension) {
      return 'it keeps its data in another file';
    }
    if (type === backingFormatExtension) {
      return 'it speaks of a backing file';
    }
    if (type === encryptionExtension) {
      return 'it is encrypted';
    }
    offset += 8 + Math.ceil(length / 8) * 8;
    if (offset > clusterBytes) {
      return 'its header extensions reach out of the header';
    }
  }
  return 'it has too many header extensions';
}

/** Whether a table lies within the file and on a cluster boundary. */
function tableInside(offset: bigint, bytes: number, fileBytes: number, clusterBytes: number): boolean {
  const start = safeNumber(offset);
  return start !== null && start % clusterBytes === 0 && start > 0 && start + bytes <= fileBytes;
}

/** Reads a qcow2 header. Refuses all that leads out of the file and all that we do not know. */
export function parseQcow2(read: ReadAt, fileBytes: number): HeaderResult {
  const head = read(0, 112);
  if (head.length < 72) {
    return refuse('it ends within its header');
  }
  const version = head.readUInt32BE(4);
  if (version !== 2 && version !== 3) {
    return refuse(`it has the unknown version ${version}`);
  }
  if (version === 3 && head.length < 104) {
    return refuse('it ends within its header');
  }
  if (head.readBigUInt64BE(8) !== 0n || head.readUInt32BE(16) !== 0) {
    return refuse(
      'it stands on a backing file, which could be any file of this machine; flatten it first: qemu-img convert -O qcow2 OLD NEW',
    );
  }
  const clusterBits = head.readUInt32BE(20);
  if (clusterBits < 9 || clusterBits > 21) {
    return refuse(`it has clusters of 2^${clusterBits} bytes`);
  }
  const clusterBytes = 2 ** clusterBits;
  if (head.readUInt32BE(32) !== 0) {
    return refuse('it is encrypted');
  }
  const features = version === 3 ? head.readBigUInt64BE(72) : 0n;
  if ((features & dataFileBit) !== 0n) {
    return refuse('it keeps its data in another file');
  }
  if ((features & ~knownBits) !== 0n) {
    return refuse(`it needs features that are not known here (0x${features.toString(16)})`);
  }
  if ((features & (dirtyBit | corruptBit)) !== 0n) {
    return refuse('it is marked as dirty or corrupt; look at it with qemu-img check');
  }
  const headerLength = version === 3 ? head.readUInt32BE(100) : 72;
  if (headerLength < 72 || headerLength % 8 !== 0 || headerLength > clusterBytes) {
    return refuse(`it has a header of ${headerLength} bytes`);
  }
  const problem = extensionProblem(read, headerLength, clusterBytes);
  if (problem !== null) {
    return refuse(problem);
  }
  const size = acceptSize('qcow2', head.readBigUInt64BE(24));
  if (!size.ok) {
    return size;
  }
  const extendedL2 = (features & (1n << 4n)) !== 0n;
  // One entry of the L1 table covers as many clusters as one L2 table of one cluster has entries.
  const coveredByEntry = clusterBytes * (clusterBytes / (extendedL2 ? 16 : 8));
  const l1Entries = head.readUInt32BE(36);
  if (l1Entries * 8 > maxL1Bytes || l1Entries < Math.ceil(size.virtualBytes / coveredByEntry)) {
    return refuse(`its table of ${l1Entries} entries does not fit its size`);
  }
  if (!tableInside(head.readBigUInt64BE(40), l1Entries * 8, fileBytes, clusterBytes)) {
    return refuse('it is cut off: its cluster table lies outside the file');
  }
  if (!tableInside(head.readBigUInt64BE(48), head.readUInt32BE(56) * clusterBytes, fileBytes, clusterBytes)) {
    return refuse('it is cut off: its reference counts lie outside the file');
  }
  return size;
}
