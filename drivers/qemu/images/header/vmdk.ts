import { acceptSize, type HeaderResult, type ReadAt, refuse, safeNumber } from './facts.ts';

/** First bytes of a sparse VMDK: "KDMV". */
export const vmdkMagic = 0x4b444d56;
/** First bytes of the older ESX form: "COWD". */
export const cowdMagic = 0x434f5744;
/** How a VMDK begins that is only a text which names other files. */
export const vmdkDescriptorStart = '# Disk DescriptorFile';

const sectorBytes = 512;
/** Longest description that is read; QEMU writes 20 sectors. */
const maxDescriptorBytes = 64 * 1024;

/** Reads a sparse VMDK. Source: VMware's "Virtual Disk Format 5.0", "Hosted Sparse Extents". */
export function parseVmdk(read: ReadAt, fileBytes: number): HeaderResult {
  const head = read(0, sectorBytes);
  if (head.length < sectorBytes) {
    return refuse('it ends within its header');
  }
  const version = head.readUInt32LE(4);
  if (version < 1 || version > 3) {
    return refuse(`it has the unknown version ${version}`);
  }
  const capacity = head.readBigUInt64LE(12);
  // A capacity of 0 makes QEMU follow the files that the description names.
  if (capacity === 0n) {
    return refuse('it keeps its data in other files');
  }
  const descriptorAt = safeNumber(head.readBigUInt64LE(28) * BigInt(sectorBytes));
  const descriptorBytes = safeNumber(head.readBigUInt64LE(36) * BigInt(sectorBytes));
  if (descriptorAt === null || descriptorBytes === null || descriptorBytes > maxDescriptorBytes) {
    return refuse('its description is out of bounds');
  }
  if (descriptorAt !== 0) {
    if (descriptorAt + descriptorBytes > fileBytes) {
      return refuse('it is cut off: its description lies outside the file');
    }
    const text = read(descriptorAt, descriptorBytes).toString('latin1');
    const parent = /^\s*parentCID\s*=\s*"?([0-9a-f]+)/im.exec(text)?.[1];
    if (parent !== undefined && parent.toLowerCase() !== 'ffffffff') {
      return refuse('it stands on a parent image; flatten it first');
    }
    const type = /^\s*createType\s*=\s*"([^"]*)"/im.exec(text)?.[1];
    if (type !== undefined && type !== 'monolithicSparse' && type !== 'streamOptimized') {
      return refuse(`it is of the kind ${JSON.stringify(type)}, which keeps its data in other files`);
    }
  }
  return acceptSize('vmdk', capacity * BigInt(sectorBytes));
}
