import { writeFileSync } from 'node:fs';

/** A boot sector that shows each key on the screen (BIOS int 10h, teletype) and sends it to the first serial port. */
const program = [
  // again: wait for a key (int 16h)
  0xb4, 0x00, 0xcd, 0x16,
  // show it
  0xb4, 0x0e, 0xbb, 0x07, 0x00, 0xcd, 0x10,
  // out 3F8h, al
  0xba, 0xf8, 0x03, 0xee,
  // jmp again
  0xeb, 0xef,
];

/** Writes a raw disk image of 1 MiB that a PC boots in an instant: what is typed on its keyboard comes out of its serial port. */
export function writeEchoDisk(path: string): void {
  const image = Buffer.alloc(1024 * 1024);
  image.set(program);
  // The mark of a boot sector.
  image.writeUInt16LE(0xaa55, 510);
  writeFileSync(path, image);
}
