/**
 * A firmware image that does what every guest kernel does first and tells that it came through: 16-bit start, protected mode,
 * page tables of 2 MiB pages, EFER and long mode, CPUID, a read of the APIC's MSR, 200,000 writes to memory; then `K` on the debug port 0xE9
 * and 0x2A on the exit port 0xF4. On a KVM that only pretends to work the CPU hangs or QEMU aborts before the marker.
 *
 * The source, assembled with GNU as (AT&T syntax):
 *
 *   start: cli; xorw %ax,%ax; mov to ds, es, ss; movw $0x7000,%sp; cld
 *          movw $0x1000,%di; movw $0x1800,%cx; rep stosw          # clear PML4 0x1000, PDPT 0x2000, PD 0x3000
 *          movl $0x2003,0x1000; movl $0x3003,0x2000
 *          movw $0x3000,%di; movl $0x83,%eax; movw $512,%cx
 *       1: movl %eax,(%di); addl $0x200000,%eax; addw $8,%di; loop 1b
 *          lgdtl %cs:gdtr; cr0 |= 1; ljmpl $8,$prot
 *   prot:  data segments = 16; esp = 0x7000; cr4 |= PAE; cr3 = 0x1000; EFER |= LME; cr0 |= PG; ljmpl $24,$long
 *   long:  cpuid(0); rdmsr(0x1b); movl $200000,%ecx
 *       2: movl %ecx,%eax; andl $0xffff,%eax; movl %eax,0x100000(,%rax,4); decl %ecx; jnz 2b
 *          outb 'K',$0xe9; outb $0x2a,$0xf4; hlt
 *   gdt:   null, 32-bit code, 32-bit data, 64-bit code
 *   at 0xfff0: ljmpw $0xf000,$start
 */
const code = [
  'fa31c08ed88ec08ed0bc0070fcbf0010b90018f3ab66c70600100320000066c706002003300000bf003066b883000000',
  'b9000266890566050000200083c708e2f22e660f0116e8000f20c00c010f22c066ea58000f00080066b810008ed88ec0',
  '8ed0bc007000000f20e083c8200f22e0b8001000000f22d8b9800000c00f320d000100000f300f20c00d000000800f22',
  'c0ea98000f00180031c00fa2b91b0000000f32b9400d030089c825ffff000089048500001000ffc975eeb04be6e9b02a',
  'e6f4f4ebfd8d74000000000000000000ffff0000009acf00ffff00000092cf00ffff0000009aaf001f00c8000f',
].join('');

/** Firmware is mapped so that its end is the end of the 4 GiB space; the CPU starts 16 bytes before. */
const imageBytes = 0x10000;
const resetVector = 0xfff0;

/** What the payload writes to the debug port. */
export const marker = 'K';
/** QEMU's exit code for 0x2A on isa-debug-exit: `(value << 1) | 1`. */
export const markerExitCode = 0x55;

/** The whole image. */
export function payloadImage(): Buffer {
  const image = Buffer.alloc(imageBytes);
  Buffer.from(code, 'hex').copy(image, 0);
  Buffer.from('ea000000f0', 'hex').copy(image, resetVector);
  return image;
}
