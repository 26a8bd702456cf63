import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { OperationContext } from '../../../../drivers/driver.ts';
import { NovaError } from '../../../../drivers/errors.ts';
import type { Checksum } from './checksums.ts';
import { connectionError, openUrl } from './open.ts';
import type { DownloadPolicy } from './policy.ts';

/** One file to fetch. */
export type DownloadRequest = {
  url: string;
  /** Where it lies when it is whole and checked. Its folder exists. */
  target: string;
  checksum: Checksum;
  /** More than this is never written, bytes. */
  maxBytes: number;
};

/** What is known of a part file, kept beside it: a part of another version is of no use. */
type PartNote = { url: string; checksum: string };

/** Pause before a connection is taken up again, milliseconds; doubles with each try. */
const firstPauseMs = 200;

/**
 * Fetches a file with progress, takes a cut download up where it ended (also one of an earlier run), and moves it to its
 * place only when the checksum is right. A wrong file leaves nothing behind; a cut one leaves its part for the next try.
 */
export async function download(
  context: OperationContext,
  request: DownloadRequest,
  policy: DownloadPolicy,
): Promise<void> {
  const part = `${request.target}.part`;
  const note = `${part}.json`;
  await usePartOfSameVersion(part, note, request);
  for (let attempt = 0; ; attempt += 1) {
    try {
      await fetchRest(context, request, part, policy);
      break;
    } catch (error) {
      const again = error instanceof NovaError && error.retryable && attempt < policy.retries;
      if (!again) {
        if (error instanceof NovaError && !error.retryable && error.code !== 'cancelled') await forget(part, note);
        throw error;
      }
      context.log(`${error.message} Trying again.`);
      await delay(firstPauseMs * 2 ** attempt, undefined, { signal: context.signal }).catch(() => {
        throw new NovaError('cancelled', 'The download was cancelled.');
      });
    }
  }
  context.progress(null, 'Checking');
  const digest = await digestOf(part, request.checksum.algorithm);
  if (digest !== request.checksum.hex) {
    await forget(part, note);
    throw new NovaError(
      'conflict',
      `What ${request.url} sent does not have the publisher's checksum; it was thrown away.`,
      {
        retryable: true,
        details: {
          log: [`expected ${request.checksum.hex}`, `received ${digest}`],
          fixes: ['Try again later, or fetch the image by another way and use it as a disk image.'],
        },
      },
    );
  }
  await rename(part, request.target);
  await rm(note, { force: true });
}

async function usePartOfSameVersion(part: string, note: string, request: DownloadRequest): Promise<void> {
  const wanted: PartNote = { url: request.url, checksum: request.checksum.hex };
  const text = JSON.stringify(wanted);
  const known = await readFile(note, 'utf8').catch(() => '');
  if (known === text) return;
  await forget(part, note);
  await writeFile(note, text);
}

async function forget(part: string, note: string): Promise<void> {
  await rm(part, { force: true });
  await rm(note, { force: true });
}

async function fetchRest(
  context: OperationContext,
  request: DownloadRequest,
  part: string,
  policy: DownloadPolicy,
): Promise<void> {
  const have = (await stat(part).catch(() => null))?.size ?? 0;
  const headers: Record<string, string> = have > 0 ? { range: `bytes=${have}-` } : {};
  const answer = await openUrl(request.url, headers, policy, context.signal);
  try {
    // Nothing after what we have: the part was whole already, and the checksum will tell.
    if (answer.statusCode === 416 && have > 0) return;
    const from = startOf(answer, have, request.url);
    const total = totalOf(answer, from);
    if (total !== null && total > request.maxBytes) throw tooLarge(request);
    const file = await open(part, from === 0 ? 'w' : 'a');
    try {
      await copy(context, answer, file, { from, total, request });
    } finally {
      await file.close();
    }
  } finally {
    answer.destroy();
  }
}

/** Where the answer's bytes belong. A server that ignores the range begins anew; one that answers another range is wrong. */
function startOf(answer: IncomingMessage, have: number, url: string): number {
  if (answer.statusCode === 200) return 0;
  const range = /^bytes (\d+)-/.exec(answer.headers['content-range'] ?? '');
  if (answer.statusCode === 206 && range?.[1] !== undefined && Number(range[1]) === have) return have;
  throw new NovaError('engine_unavailable', `${url} answered with status ${answer.statusCode ?? 'none'}.`, {
    // Only the server's own troubles pass by themselves.
    retryable: (answer.statusCode ?? 0) >= 500 || answer.statusCode === 429,
  });
}

function totalOf(answer: IncomingMessage, from: number): number | null {
  const length = answer.headers['content-length'];
  return length === undefined ? null : from + Number(length);
}

async function copy(
  context: OperationContext,
  answer: IncomingMessage,
  file: FileHandle,
  about: { from: number; total: number | null; request: DownloadRequest },
): Promise<void> {
  const { host } = new URL(about.request.url);
  let received = about.from;
  try {
    for await (const chunk of answer as AsyncIterable<Uint8Array>) {
      received += chunk.length;
      if (received > about.request.maxBytes) throw tooLarge(about.request);
      await file.writeFile(chunk);
      context.progress(about.total === null ? null : Math.min(1, received / about.total), `Downloading from ${host}`);
    }
  } catch (error) {
    throw connectionError(error instanceof Error ? error : new Error(String(error)), host, context.signal);
  }
  if (about.total !== null && received !== about.total) {
    throw new NovaError('engine_unavailable', `${host} announced ${about.total} bytes and sent ${received}.`, {
      retryable: true,
    });
  }
}

function tooLarge(request: DownloadRequest): NovaError {
  return new NovaError(
    'resource_exhausted',
    `${request.url} is larger than the ${request.maxBytes} bytes it may have.`,
  );
}

async function digestOf(path: string, algorithm: Checksum['algorithm']): Promise<string> {
  const hash: Hash = createHash(algorithm);
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) hash.update(chunk);
  return hash.digest('hex');
}
