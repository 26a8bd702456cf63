import { InvalidArgumentError } from 'commander';
import { GiB, MiB } from '../bridge/contract.ts';

const factors: Record<string, number> = { '': MiB, k: 1024, m: MiB, g: GiB, t: 1024 * GiB };

/** Bytes of a size as people write it: `512M`, `2GiB`, `1.5g`; a bare number counts mebibytes. Throws a usage error. */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(text.trim());
  const factor = factors[(match?.[2] ?? 'x').toLowerCase()];
  if (match === null || factor === undefined) throw new InvalidArgumentError('A size is written 512M or 2G.');
  return Math.round(Number(match[1]) * factor);
}

/** A number above zero. Throws a usage error. */
export function parseCount(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('A number above 0.');
  return value;
}

/** A moment: how long ago (`90s`, `10m`, `2h`, `3d`), an ISO date, or seconds since 1970. Milliseconds since then. Throws a usage error. */
export function parseMoment(text: string, nowMs = Date.now()): number {
  const lengths: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  const ago = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text);
  if (ago !== null) return nowMs - Number(ago[1]) * (lengths[ago[2] ?? 's'] ?? 0);
  const at = /^\d{9,}(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (Number.isNaN(at)) throw new InvalidArgumentError('A moment is written 10m, 2h, or 2026-01-31T08:00:00Z.');
  return at;
}

/** A port to listen on, 0 for any. Throws a usage error. */
export function parsePortNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}

/** Bytes for people: `512 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value >= 100 || Number.isInteger(value) ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** How long ago, for people: `3 min`. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** A published port: `8080:80`, `127.0.0.1:8080:80/udp`. Throws a usage error. */
export function parsePort(text: string): {
  hostAddress?: string;
  hostPort: number;
  guestPort: number;
  protocol: 'tcp' | 'udp';
} {
  const match = /^(?:(\[[0-9a-f:]+\]|[\d.]+):)?(\d{1,5}):(\d{1,5})(?:\/(tcp|udp))?$/i.exec(text);
  if (match === null) throw new InvalidArgumentError('A port is written 8080:80 or 127.0.0.1:8080:80/tcp.');
  const [, address, host, guest, protocol] = match;
  return {
    ...(address === undefined ? {} : { hostAddress: address.replace(/[[\]]/g, '') }),
    hostPort: Number(host),
    guestPort: Number(guest),
    protocol: protocol?.toLowerCase() === 'udp' ? 'udp' : 'tcp',
  };
}
