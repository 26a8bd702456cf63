/** What a program or library needs to be loaded. */
export type ElfNeeds = {
  /** The loader's path, null for a library or a static program. */
  interpreter: string | null;
  /** Names of libraries. */
  needed: string[];
};

/** Program header types and dynamic tags of the System V ABI, chapter 5. */
const ptLoad = 1;
const ptDynamic = 2;
const ptInterp = 3;
const dtNeeded = 1;
const dtStrtab = 5;

/** Reads a 64-bit little-endian ELF file. Null when it is none. */
export function elfNeeds(bytes: Uint8Array): ElfNeeds | null {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < 64 || view.readUInt32BE(0) !== 0x7f454c46 || view[4] !== 2 || view[5] !== 1) return null;
  const text = (at: number): string => view.toString('latin1', at, view.indexOf(0, at));
  const offset = Number(view.readBigUInt64LE(32));
  const headers = Array.from({ length: view.readUInt16LE(56) }, (_, index) => {
    const at = offset + index * view.readUInt16LE(54);
    return {
      type: view.readUInt32LE(at),
      offset: Number(view.readBigUInt64LE(at + 8)),
      address: Number(view.readBigUInt64LE(at + 16)),
      size: Number(view.readBigUInt64LE(at + 32)),
    };
  });
  const interpreter = headers.find((header) => header.type === ptInterp);
  const dynamic = headers.find((header) => header.type === ptDynamic);
  const entries: [tag: number, value: number][] = [];
  const end = dynamic === undefined ? 0 : dynamic.offset + dynamic.size;
  for (let at = dynamic?.offset ?? 0; at < end; at += 16) {
    entries.push([Number(view.readBigUInt64LE(at)), Number(view.readBigUInt64LE(at + 8))]);
  }
  // The table's place is told as an address of the loaded program.
  const table = entries.find(([tag]) => tag === dtStrtab)?.[1] ?? 0;
  const segment = headers.find(
    (header) => header.type === ptLoad && table >= header.address && table < header.address + header.size,
  );
  const strings = table - (segment?.address ?? 0) + (segment?.offset ?? 0);
  return {
    interpreter: interpreter === undefined ? null : text(interpreter.offset),
    needed: entries.filter(([tag]) => tag === dtNeeded).map(([, value]) => text(strings + value)),
  };
}
