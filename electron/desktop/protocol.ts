import { readFile } from 'node:fs/promises';
import { protocol } from 'electron';
import { contentSecurityPolicy, fileFor } from '../server/files.ts';
import { isOwnPage, scheme } from './origin.ts';

/** Makes `app:` a standard, secure scheme. To be called before the application is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Serves the built page under `app://novacron/`, with the same content policy as the browser's. */
export function servePage(pageDirectory: string): void {
  protocol.handle(scheme, (request) => answer(pageDirectory, request));
}

async function answer(pageDirectory: string, request: Request): Promise<Response> {
  const found =
    request.method === 'GET' && isOwnPage(request.url) ? fileFor(pageDirectory, new URL(request.url).pathname) : null;
  if (found === null) return new Response('There is no such page.\n', { status: 404 });
  return new Response(await readFile(found.file), {
    headers: {
      'content-type': found.type,
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
  });
}
