/** The units of a size, smallest first. */
export const sizeUnits = [
  { name: 'MiB', bytes: 1024 ** 2 },
  { name: 'GiB', bytes: 1024 ** 3 },
  { name: 'TiB', bytes: 1024 ** 4 },
] as const;

const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** A size with its unit: `1.5 GiB`. Three digits at most, so that columns stay narrow. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1000 && unit < names.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${trimZeros(value.toFixed(digits))} ${names[unit]}`;
}

/** A rate with its unit: `12 KiB/s`. */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** The largest unit that a size is a whole number of, for a number field. */
export function splitBytes(bytes: number): { amount: number; unit: number } {
  const fits = sizeUnits.filter((unit) => bytes >= unit.bytes && bytes % unit.bytes === 0).at(-1);
  const unit = fits?.bytes ?? sizeUnits[0].bytes;
  return { amount: bytes / unit, unit };
}

/** A typed number; a comma is taken as the point. Null for anything else. */
export function parseNumber(text: string): number | null {
  const plain = text.trim().replace(',', '.');
  return /^-?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : null;
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
