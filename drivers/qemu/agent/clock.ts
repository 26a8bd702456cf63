import type { Machine } from '../machine/machine.ts';

/** A guest that was frozen thaws at its own pace; one that is busy for longer keeps its old time. */
const answerMs = 10_000;

/**
 * Sets the clock of a guest that stood still to this machine's (`guest-set-time` of the QEMU guest agent): with its old time
 * certificates and logs are wrong for as long as it stood. Without an agent nothing happens. Never throws.
 */
export async function setGuestClock(machine: Machine): Promise<void> {
  const agent = await machine.agent();
  try {
    // Nanoseconds since 1970 are beyond the whole numbers of a double: it is off by 256 ns at most.
    await agent?.execute('guest-set-time', { time: Date.now() * 1e6 }, { timeoutMs: answerMs });
  } catch {
    // It lacks the command or may not: the guest's own time service is what is left.
  }
}
