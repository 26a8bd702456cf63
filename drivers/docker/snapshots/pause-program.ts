/** Where the program is loaded; the usual address of static programs on x86-64. */
const base = 0x400000;
const headerBytes = 64;
const segmentBytes = 56;
/** `again: mov eax, 34 (pause); syscall; jmp again`. */
const code = Buffer.from([0xb8, 0x22, 0x00, 0x00, 0x00, 0x0f, 0x05, 0xeb, 0xf7]);

/** A Linux program for x86-64 that does nothing until it is ended: no engine brings one along. ELF-64, see elf(5). */
export function pauseProgram(): Buffer {
  const file = Buffer.alloc(headerBytes + segmentBytes + code.length);
  const start = headerBytes + segmentBytes;
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]); // 64 bits, little-endian, version 1
  file.writeUInt16LE(2, 16); // an executable
  file.writeUInt16LE(62, 18); // x86-64
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(BigInt(base + start), 24);
  file.writeBigUInt64LE(BigInt(headerBytes), 32); // the segment's header follows
  file.writeUInt16LE(headerBytes, 52);
  file.writeUInt16LE(segmentBytes, 54);
  file.writeUInt16LE(1, 56);
  file.writeUInt32LE(1, headerBytes); // load
  file.writeUInt32LE(5, headerBytes + 4); // readable, executable
  file.writeBigUInt64LE(BigInt(base), headerBytes + 16);
  file.writeBigUInt64LE(BigInt(base), headerBytes + 24);
  file.writeBigUInt64LE(BigInt(file.length), headerBytes + 32);
  file.writeBigUInt64LE(BigInt(file.length), headerBytes + 40);
  file.writeBigUInt64LE(0x1000n, headerBytes + 48);
  code.copy(file, start);
  return file;
}
