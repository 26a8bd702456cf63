/** One entry of an initramfs. Paths are relative to its root, without a leading slash. */
export type CpioEntry =
  | { type: 'directory'; path: string; mode?: number }
  | { type: 'file'; path: string; content: Uint8Array; mode?: number }
  | { type: 'link'; path: string; target: string }
  | { type: 'device'; path: string; major: number; minor: number; mode?: number };

const fileTypes = { directory: 0o040000, file: 0o100000, link: 0o120000, device: 0o020000 } as const;

/**
 * A cpio archive in the "newc" format that the kernel unpacks as initramfs (kernel documentation, "initramfs buffer
 * format"). Written here because device nodes need root with the cpio program, and so that the bytes depend on the
 * content only: all owners are root, all times 0. Parents must come before what they hold.
 */
export function writeCpio(entries: readonly CpioEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let inode = 1;
  for (const entry of entries) {
    parts.push(...record(entry, inode));
    inode += 1;
  }
  parts.push(...record({ type: 'file', path: 'TRAILER!!!', content: new Uint8Array(), mode: 0 }, 0));
  return Buffer.concat(parts);
}

function record(entry: CpioEntry, inode: number): Uint8Array[] {
  const content = bodyOf(entry);
  const name = Buffer.from(`${entry.path}\0`);
  const fields = [
    inode,
    fileTypes[entry.type] | modeOf(entry),
    0, // uid
    0, // gid
    entry.type === 'directory' ? 2 : 1,
    0, // mtime
    content.length,
    0, // major and minor of the device that holds it
    0,
    entry.type === 'device' ? entry.major : 0,
    entry.type === 'device' ? entry.minor : 0,
    name.length,
    0, // check sum, unused in this variant
  ];
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
  const headLength = header.length + name.length;
  return [header, name, padding(headLength), content, padding(content.length)];
}

function bodyOf(entry: CpioEntry): Uint8Array {
  if (entry.type === 'file') return entry.content;
  if (entry.type === 'link') return Buffer.from(entry.target);
  return new Uint8Array();
}

function modeOf(entry: CpioEntry): number {
  if (entry.type === 'link') return 0o777;
  return entry.mode ?? (entry.type === 'directory' ? 0o755 : 0o644);
}

/** Zeros up to the next multiple of four, as the format asks for after the name and after the content. */
function padding(length: number): Uint8Array {
  return new Uint8Array((4 - (length % 4)) % 4);
}
