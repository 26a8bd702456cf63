import { writeFileSync } from 'node:fs';
import { run } from './booted.ts';
import type { Terminal } from './terminal.ts';

/**
 * Arms the watchdog `i6300esb` from the demo guest's shell and leaves it alone, so that it runs out within some seconds. Nothing else
 * in that guest uses it. What the last line prints may be cut off by it.
 */
export async function letBite(terminal: Terminal): Promise<void> {
  await run(terminal, 'D=$(dirname $(grep -l 0x25ab /sys/bus/pci/devices/*/device))/config');
  // Its configuration register, 0x60: the fast clock and no interrupt, so that each of its two stages takes a second.
  await run(terminal, "printf '\\007\\000' | dd of=$D bs=2 seek=48 conv=notrunc 2>&1");
  // Its lock register, 0x68: on.
  await terminal.line("printf '\\002' | dd of=$D bs=1 seek=104 conv=notrunc 2>&1");
}

/** A boot sector that arms the watchdog `ib700` and does nothing more. Its port and times: hw/watchdog/wdt_ib700.c. */
const program = [
  // out 443h, 14: in 2 s
  0xba, 0x43, 0x04, 0xb0, 0x0e, 0xee,
  // again: hlt; jmp again
  0xf4, 0xeb, 0xfd,
];

/** Writes a raw disk image of 1 MiB that a PC boots in an instant, and whose `ib700` runs out 2 s later. */
export function writeBitingDisk(path: string): void {
  const image = Buffer.alloc(1024 * 1024);
  image.set(program);
  // The mark of a boot sector.
  image.writeUInt16LE(0xaa55, 510);
  writeFileSync(path, image);
}
