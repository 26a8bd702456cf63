import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

/** Names the present boot of this machine: the kernel's boot id, elsewhere the time of the boot to the minute. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // No /proc: the boot time moves by the clock's adjustments, so seconds are left out.
    return `boot-${Math.round((Date.now() / 1000 - uptime()) / 60)}`;
  }
}
