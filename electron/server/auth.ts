import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';

/** The session cookie's name. */
export const cookieName = 'novacron';
const tokenBytes = 32;

/** The token of a data directory: made once, in a file that only its owner reads. Whoever has it may do everything. */
export function readToken(dataDirectory: string): string {
  const file = join(dataDirectory, 'token');
  try {
    const token = readFileSync(file, 'utf8').trim();
    if (/^[A-Za-z0-9_-]{32,}$/.test(token)) return token;
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
export function hasCookie(request: IncomingMessage, token: string): boolean {
  const cookies = (request.headers.cookie ?? '').split(';').map((part) => part.trim());
  return cookies.some(
    (cookie) => cookie.startsWith(`${cookieName}=`) && sameToken(cookie.slice(cookieName.length + 1), token),
  );
}

/** The header that hands out the cookie. */
export const cookieHeader = (token: string): string => `${cookieName}=${token}; HttpOnly; SameSite=Strict; Path=/`;

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/**
 * True when the request was made to this server by its own name: a page of another name that resolves to this machine
 * (DNS rebinding) carries another Host, a page of another site another Origin.
 */
export function isOwnOrigin(request: IncomingMessage, port: number, names: string[] = loopbackNames): boolean {
  const hosts = names.map((name) => `${name}:${port}`);
  const { host, origin } = request.headers;
  if (host === undefined || !hosts.includes(host.toLowerCase())) return false;
  return origin === undefined || hosts.some((one) => origin === `http://${one}`);
}
