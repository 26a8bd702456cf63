/** A digest that a file must have. */
export type Checksum = { algorithm: 'sha256' | 'sha512'; hex: string };

const hexLength = { 64: 'sha256', 128: 'sha512' } as const;

/**
 * The checksum of `fileName` in a publisher's list, or null. Reads the GNU form (`HEX  NAME`, `HEX *NAME`) and the BSD form
 * (`SHA256 (NAME) = HEX`); the kind follows from the length. All else in the file (signatures, comments) is passed over.
 */
export function findChecksum(list: string, fileName: string): Checksum | null {
  for (const line of list.split(/\r?\n/)) {
    const gnu = /^([0-9a-fA-F]+) [ *](?:\.\/)?(.+)$/.exec(line);
    const bsd = /^SHA(?:256|512) \((.+)\) = ([0-9a-fA-F]+)$/.exec(line);
    const name = gnu?.[2] ?? bsd?.[1];
    const hex = (gnu?.[1] ?? bsd?.[2])?.toLowerCase();
    if (name?.trimEnd() !== fileName || hex === undefined) continue;
    const algorithm = hex.length === 64 || hex.length === 128 ? hexLength[hex.length] : undefined;
    if (algorithm !== undefined) return { algorithm, hex };
  }
  return null;
}
