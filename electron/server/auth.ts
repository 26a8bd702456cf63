import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';

/** The session cookie's name: cookies know no ports, and two hosts of one machine must not take each other's. */
export const cookieName = (port: number): string => `novacron-${port}`;
const tokenBytes = 32;

/** The token of a data directory: made once, in a file that only its owner reads. Whoever has it may do everything. */
export function readToken(dataDirectory: string): string {
  const file = join(dataDirectory, 'token');
  try {
    const token = readFileSync(file, 'utf8').trim();
    if (/^[A-Za-z0-9_-]{32,}$/.test(token)) {
      // Copied or restored files lose their mode.
      chmodSync(file, 0o600);
      return token;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const token = randomBytes(tokenBytes).toString('base64url');
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  return token;
}

/** Compares in constant time. */
export function sameToken(given: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

/** True when the request carries the cookie that the token was exchanged for. */
export function hasCookie(request: IncomingMessage, port: number, token: string): boolean {
  const cookies = (request.headers.cookie ?? '').split(';').map((part) => part.trim());
  const start = `${cookieName(port)}=`;
  return cookies.some((cookie) => cookie.startsWith(start) && sameToken(cookie.slice(start.length), token));
}

/** The header that hands out the cookie. */
export const cookieHeader = (port: number, token: string): string =>
  `${cookieName(port)}=${token}; HttpOnly; SameSite=Strict; Path=/`;

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];
const inBrackets = (address: string): string => (address.includes(':') ? `[${address}]` : address);

/** The names by which a browser may call a server that is bound to this address. */
export function namesOf(bind: string): string[] {
  if (bind === '127.0.0.1' || bind === '::1' || bind === 'localhost') return loopbackNames;
  if (bind !== '0.0.0.0' && bind !== '::') return [...loopbackNames, inBrackets(bind)];
  const addresses = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((one) => one.address));
  return [...loopbackNames, hostname().toLowerCase(), ...addresses.map(inBrackets)];
}

/**
 * A host with its port in one spelling: `LOCALHOST.:80`, `127.1:80` and `[0::1]:80` mean the same as their plain forms,
 * and get the same answer. Null for what is no host, or holds more than one.
 */
function canonicalHost(text: string): string | null {
  if (/[/\\?#@\s]/.test(text)) return null;
  const url = URL.parse(`http://${text}`);
  if (url === null) return null;
  return `${url.hostname.replace(/\.$/, '')}:${url.port === '' ? '80' : url.port}`;
}

/**
 * True when the request was made to this server by its own name: a page of another name that resolves to this machine
 * (DNS rebinding) carries another Host, a page of another site another Origin.
 */
export function isOwnOrigin(request: IncomingMessage, port: number, names: readonly string[]): boolean {
  const hosts = new Set(names.map((name) => canonicalHost(`${name}:${port}`)));
  const own = (text: string): boolean => {
    const host = canonicalHost(text);
    return host !== null && hosts.has(host);
  };
  const { host, origin } = request.headers;
  if (host === undefined || !own(host)) return false;
  if (origin === undefined) return true;
  const start = 'http://';
  return origin.slice(0, start.length).toLowerCase() === start && own(origin.slice(start.length));
}
