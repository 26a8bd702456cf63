import { acceptSize, type HeaderResult, type ReadAt, refuse, safeNumber } from './facts.ts';

/** How a VHDX file begins. */
export const vhdxSignature = 'vhdxfile';

// Source: [MS-VHDX] 2.2 and 2.6. GUIDs in their byte order on disk.
const regionTables = [192 * 1024, 256 * 1024];
const metadataRegion = '06a27c8b90479a4bb8fe575f050f886e';
const fileParameters = '3767a1ca36fa434db3b633f0aa44e76b';
const virtualDiskSize = '2442a52f1bcd7648b2115dbed83bf4b8';
const parentLocator = '2d5fd3a80bb34d45abf7d3d84834ab0c';
const regionBytes = 64 * 1024;
const maxRegionEntries = 2047;

function metadataAt(read: ReadAt): number | null {
  for (const offset of regionTables) {
    const table = read(offset, regionBytes);
    if (table.length < regionBytes || table.toString('latin1', 0, 4) !== 'regi') {
      continue;
    }
    const entries = Math.min(table.readUInt32LE(8), maxRegionEntries);
    for (let index = 0; index < entries && 16 + (index + 1) * 32 <= table.length; index += 1) {
      const at = 16 + index * 32;
      if (table.toString('hex', at, at + 16) === metadataRegion) {
        return safeNumber(table.readBigUInt64LE(at + 16));
      }
    }
  }
  return null;
}

/** Reads a VHDX file. */
export function parseVhdx(read: ReadAt, fileBytes: number): HeaderResult {
  const at = metadataAt(read);
  if (at === null || at + regionBytes > fileBytes) {
    return refuse('it has no metadata, or it is cut off');
  }
  const table = read(at, regionBytes);
  if (table.length < regionBytes || table.toString('latin1', 0, 8) !== 'metadata') {
    return refuse('its metadata cannot be read');
  }
  let size: HeaderResult | null = null;
  const entries = table.readUInt16LE(10);
  for (let index = 0; index < entries && 32 + (index + 1) * 32 <= table.length; index += 1) {
    const entry = 32 + index * 32;
    const id = table.toString('hex', entry, entry + 16);
    const value = read(at + table.readUInt32LE(entry + 16), 8);
    if (id === parentLocator) {
      return refuse('it stands on a parent image; flatten it first');
    }
    if (id === fileParameters && (value.length < 8 || (value.readUInt32LE(4) & 2) !== 0)) {
      return refuse('it stands on a parent image; flatten it first');
    }
    if (id === virtualDiskSize && value.length === 8) {
      size = acceptSize('vhdx', value.readBigUInt64LE(0));
    }
  }
  return size ?? refuse('its metadata has no size');
}
