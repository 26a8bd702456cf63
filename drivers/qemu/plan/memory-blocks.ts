import { MiB } from '../../spec.ts';

/** Linux takes new memory in blocks of this size, bytes (memory_block_size_bytes on x86 below 64 GiB); other sizes are refused by it. */
export const memoryBlockBytes = 128 * MiB;

/** What a change of memory does: plug a module of so many bytes (0: none), then let the balloon hold the rest. Pure. */
export function planMemory(presentBytes: number, wantedBytes: number): { plugBytes: number } {
  const missing = Math.max(0, wantedBytes - presentBytes);
  return { plugBytes: Math.ceil(missing / memoryBlockBytes) * memoryBlockBytes };
}

/** Upper end of the address space for modules, bytes: growth comes in whole blocks, so the last one may reach over the maximum. */
export function moduleSpaceBytes(memoryBytes: number, maxMemoryBytes: number): number {
  return memoryBytes + planMemory(memoryBytes, maxMemoryBytes).plugBytes;
}
