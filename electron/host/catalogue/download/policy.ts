import { BlockList, isIP } from 'node:net';
import { NovaError } from '../../../../drivers/errors.ts';

/** Where a download may go; applied to the first address and to each redirect. */
export type DownloadPolicy = {
  protocols: readonly string[];
  /** Whether a connection to this numeric address is allowed. */
  allowsAddress(address: string): boolean;
  /** Without any byte for this long the connection counts as stalled, milliseconds. */
  stallMs: number;
  /** How often a cut connection is taken up again where it ended. */
  retries: number;
};

/** Networks that are not the public internet (IANA special-purpose registries for IPv4 and IPv6). */
const special = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  special.addSubnet(network, prefix, 'ipv4');
}

/** Global unicast is 2000::/3; all else is local, mapped, multicast or unassigned. */
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');
/** Parts of 2000::/3 that carry IPv4 addresses inside or are for documentation. */
const specialV6 = new BlockList();
specialV6.addSubnet('2001::', 23, 'ipv6');
specialV6.addSubnet('2001:db8::', 32, 'ipv6');
specialV6.addSubnet('2002::', 16, 'ipv6');

/** Whether a numeric address is on the public internet. False for anything that is no address. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !special.check(address, 'ipv4');
  if (version === 6) return globalUnicast.check(address, 'ipv6') && !specialV6.check(address, 'ipv6');
  return false;
}

/** The policy of the application: https to public addresses only. */
export const publicHttps: DownloadPolicy = {
  protocols: ['https:'],
  allowsAddress: isPublicAddress,
  // Long enough for a mirror that spins up a disk, short enough that a person still waits.
  stallMs: 30_000,
  retries: 4,
};

/** Throws `permission_denied` when a download may not go there. Names are checked again when they were resolved. */
export function checkUrl(url: URL, policy: DownloadPolicy): void {
  if (!policy.protocols.includes(url.protocol)) {
    throw new NovaError('permission_denied', `A download from ${url.protocol}// was refused: only https is allowed.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new NovaError('permission_denied', `A download address with a password in it was refused (${url.host}).`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !policy.allowsAddress(host)) throw privateAddress(url.hostname, host);
}

/** The error for a server that lies inside. */
export function privateAddress(host: string, address: string): NovaError {
  return new NovaError(
    'permission_denied',
    `A download from ${host} was refused: ${address} is not a public internet address.`,
  );
}
