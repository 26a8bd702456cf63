import { z } from 'zod';
import { hostPortSchema, insidePortSchema } from '../spec.ts';

const path = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => text.startsWith('/'), 'A path is absolute.')
  .refine((text) => !text.includes('\0'), 'A path has no NUL.');

/** One disk of a machine. */
export const diskSchema = z.strictObject({
  /** Virtual size in bytes. With `image`: grown to it, absent keeps the image's. */
  sizeBytes: z
    .number()
    .int()
    .min(1024 * 1024)
    .max(64 * 1024 ** 4)
    .optional(),
  /** An existing image file. */
  image: path.optional(),
  /** The image's format; read from its header where absent. */
  format: z.enum(['raw', 'qcow2', 'vmdk', 'vdi', 'vhdx']).optional(),
  /** `overlay` leaves the image untouched beneath; `import` converts a copy. */
  use: z.enum(['overlay', 'import']).prefault('overlay'),
  readOnly: z.boolean().prefault(false),
});

/** One forward from this machine to the guest's user-mode network. */
export const portForwardSchema = hostPortSchema.extend({ guestPort: insidePortSchema });

/** A device that acts when the guest's system does not answer any more. */
export const watchdogSchema = z.strictObject({
  /** `i6300esb` is a PCI card; `ib700` stands on the ISA bus of a PC. */
  model: z.enum(['i6300esb', 'ib700']).prefault('i6300esb'),
  /** What is done when it runs out. Changed live. */
  action: z.enum(['reset', 'poweroff', 'pause']).prefault('reset'),
});
/** A device that acts when the guest's system does not answer any more. */
export type Watchdog = z.infer<typeof watchdogSchema>;

/** The `settings` of a spec with driver `qemu`. */
export const qemuSettingsSchema = z.strictObject({
  arch: z.enum(['x86_64', 'aarch64']).prefault('x86_64'),
  machine: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]*$/, 'Not a machine type.')
    .max(64)
    .prefault('q35'),
  /** `uefi` needs its files on this machine (Debian: ovmf); without Secure Boot. */
  firmware: z.enum(['bios', 'uefi']).prefault('bios'),
  /** `auto` takes the first that really boots. */
  accelerator: z.enum(['auto', 'kvm', 'hvf', 'whpx', 'tcg']).prefault('auto'),
  cpuModel: z
    .string()
    .regex(/^[A-Za-z0-9._+-]+$/, 'Not a CPU model.')
    .max(64)
    .optional(),
  disks: z.array(diskSchema).max(16).prefault([]),
  cdrom: path.optional(),
  kernel: path.optional(),
  initrd: path.optional(),
  cmdline: z
    .string()
    .max(2048)
    .refine((text) => !/\p{Cc}/u.test(text), 'No control characters.')
    .prefault(''),
  bootOrder: z
    .array(z.enum(['disk', 'cdrom', 'network']))
    .max(3)
    .prefault(['disk', 'cdrom']),
  network: z.enum(['user', 'none']).prefault('user'),
  portForwards: z.array(portForwardSchema).max(64).prefault([]),
  /** A VGA display for screenshots and VNC; serial only without. */
  display: z.enum(['none', 'vnc']).prefault('none'),
  /** A port for qemu-guest-agent in the guest; costs nothing where there is none. */
  guestAgent: z.boolean().prefault(true),
  /** None where absent. It does nothing until the guest's system arms it. */
  watchdog: watchdogSchema.optional(),
});
/** The `settings` of a spec with driver `qemu`, defaults filled in. */
export type QemuSettings = z.infer<typeof qemuSettingsSchema>;
