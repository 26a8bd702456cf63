/** Image files made by hand, small and sound, for tests of the header parser: no tool is needed for them. */

const MiB = 1024 * 1024;

/** Fields of a qcow2 header that a test changes. */
export type Qcow2Fields = {
  version?: number;
  backingOffset?: number;
  clusterBits?: number;
  virtualBytes?: bigint;
  encryption?: number;
  l1Entries?: number;
  l1Offset?: bigint;
  refcountOffset?: bigint;
  refcountClusters?: number;
  features?: bigint;
  headerLength?: number;
  /** Type and content of header extensions. */
  extensions?: [number, string][];
};

/** A qcow2 file of four clusters: header, reference count table, one block of it, L1 table. Source: QEMU's docs/interop/qcow2.txt. */
export function qcow2(fields: Qcow2Fields = {}): Buffer {
  const clusterBytes = 65536;
  const file = Buffer.alloc(4 * clusterBytes);
  file.write('QFI\xfb', 0, 'latin1');
  file.writeUInt32BE(fields.version ?? 3, 4);
  file.writeBigUInt64BE(BigInt(fields.backingOffset ?? 0), 8);
  file.writeUInt32BE(fields.backingOffset === undefined ? 0 : 11, 16);
  file.writeUInt32BE(fields.clusterBits ?? 16, 20);
  file.writeBigUInt64BE(fields.virtualBytes ?? BigInt(8 * MiB), 24);
  file.writeUInt32BE(fields.encryption ?? 0, 32);
  file.writeUInt32BE(fields.l1Entries ?? 1, 36);
  file.writeBigUInt64BE(fields.l1Offset ?? BigInt(3 * clusterBytes), 40);
  file.writeBigUInt64BE(fields.refcountOffset ?? BigInt(clusterBytes), 48);
  file.writeUInt32BE(fields.refcountClusters ?? 1, 56);
  let at = 72;
  if ((fields.version ?? 3) === 3) {
    file.writeBigUInt64BE(fields.features ?? 0n, 72);
    file.writeUInt32BE(4, 96);
    file.writeUInt32BE(fields.headerLength ?? 104, 100);
    at = 104;
  }
  for (const [type, content] of fields.extensions ?? []) {
    file.writeUInt32BE(type, at);
    file.writeUInt32BE(content.length, at + 4);
    file.write(content, at + 8, 'latin1');
    at += 8 + Math.ceil(content.length / 8) * 8;
  }
  return file;
}

/** Fields of a VMDK header that a test changes. */
export type VmdkFields = { version?: number; capacity?: bigint; description?: string; descriptionAt?: bigint };

/** A sparse VMDK with its description in sector 1. Source: VMware's "Virtual Disk Format 5.0". */
export function vmdk(fields: VmdkFields = {}): Buffer {
  const file = Buffer.alloc(64 * 1024);
  file.write('KDMV', 0, 'latin1');
  file.writeUInt32LE(fields.version ?? 1, 4);
  file.writeBigUInt64LE(fields.capacity ?? BigInt((8 * MiB) / 512), 12);
  file.writeBigUInt64LE(fields.descriptionAt ?? 1n, 28);
  file.writeBigUInt64LE(20n, 36);
  file.write(
    fields.description ?? '# Disk DescriptorFile\nCID=12345678\nparentCID=ffffffff\ncreateType="monolithicSparse"\n',
    512,
    'latin1',
  );
  return file;
}

/** Fields of a VDI header that a test changes. */
export type VdiFields = {
  version?: number;
  type?: number;
  virtualBytes?: bigint;
  blocks?: number;
  blockBytes?: number;
  parent?: boolean;
};

/** A dynamic VDI. Source: QEMU's block/vdi.c. */
export function vdi(fields: VdiFields = {}): Buffer {
  const file = Buffer.alloc(64 * 1024);
  file.write('<<< Oracle VM VirtualBox Disk Image >>>\n', 0, 'latin1');
  file.writeUInt32LE(0xbeda107f, 0x40);
  file.writeUInt32LE(fields.version ?? 0x00010001, 0x44);
  file.writeUInt32LE(fields.type ?? 1, 0x4c);
  file.writeUInt32LE(512, 0x154);
  file.writeUInt32LE(512, 0x168);
  file.writeBigUInt64LE(fields.virtualBytes ?? BigInt(8 * MiB), 0x170);
  file.writeUInt32LE(fields.blockBytes ?? MiB, 0x178);
  file.writeUInt32LE(fields.blocks ?? 8, 0x180);
  if (fields.parent === true) {
    file.writeUInt8(1, 0x1a8);
  }
  return file;
}

/** Fields of a VHDX that a test changes. */
export type VhdxFields = { virtualBytes?: bigint; parentFlag?: boolean; parentLocator?: boolean };

/** A VHDX with one region table and its metadata. Source: [MS-VHDX] 2.2 and 2.6. */
export function vhdx(fields: VhdxFields = {}): Buffer {
  const metadata = 2 * MiB;
  const file = Buffer.alloc(metadata + 128 * 1024);
  file.write('vhdxfile', 0, 'latin1');
  const regions = 192 * 1024;
  file.write('regi', regions, 'latin1');
  file.writeUInt32LE(1, regions + 8);
  file.write('06a27c8b90479a4bb8fe575f050f886e', regions + 16, 'hex');
  file.writeBigUInt64LE(BigInt(metadata), regions + 32);
  file.write('metadata', metadata, 'latin1');
  const items: [string, (at: number) => void][] = [
    [
      '3767a1ca36fa434db3b633f0aa44e76b',
      (at) => {
        file.writeUInt32LE(MiB, at);
        file.writeUInt32LE(fields.parentFlag === true ? 2 : 0, at + 4);
      },
    ],
    ['2442a52f1bcd7648b2115dbed83bf4b8', (at) => file.writeBigUInt64LE(fields.virtualBytes ?? BigInt(8 * MiB), at)],
    ...(fields.parentLocator === true
      ? [['2d5fd3a80bb34d45abf7d3d84834ab0c', () => undefined] as [string, (at: number) => void]]
      : []),
  ];
  file.writeUInt16LE(items.length, metadata + 10);
  for (const [index, [id, write]] of items.entries()) {
    const entry = metadata + 32 + index * 32;
    const value = 64 * 1024 + index * 16;
    file.write(id, entry, 'hex');
    file.writeUInt32LE(value, entry + 16);
    write(metadata + value);
  }
  return file;
}
