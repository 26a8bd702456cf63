import { createReadStream, realpathSync, statSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
};

/**
 * Nothing is loaded from elsewhere, nothing is evaluated. Inline style attributes are allowed: the terminal and the
 * virtual list set positions by them.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The file of a built page for a request's path; null outside of it or when there is none. */
export function fileFor(root: string, path: string): { file: string; type: string } | null {
  let name: string;
  try {
    name = decodeURIComponent(path);
  } catch {
    return null;
  }
  if (name.includes('\0')) return null;
  const file = normalize(join(root, name === '/' ? 'index.html' : name));
  if (!file.startsWith(root + sep)) return null;
  const type = types[extname(file)];
  if (type === undefined) return null;
  try {
    // A link in the page's folder must not show what lies outside of it.
    const real = realpathSync(file);
    return real.startsWith(realpathSync(root) + sep) && statSync(real).isFile() ? { file, type } : null;
  } catch {
    return null;
  }
}

/** Sends a file of the page. Files with a hash in their name never change. */
export function sendFile(response: ServerResponse, found: { file: string; type: string }): void {
  response.writeHead(200, {
    'content-type': found.type,
    'cache-control': /-[A-Za-z0-9_-]{8}\.[a-z0-9]+$/.test(found.file)
      ? 'public, max-age=31536000, immutable'
      : 'no-store',
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
  });
  const file = createReadStream(found.file);
  // It vanished between the look and the read: the page is being built again.
  file.on('error', () => response.destroy());
  file.pipe(response);
}
