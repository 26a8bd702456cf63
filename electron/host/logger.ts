import { renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** The log is started anew above this size; one old file is kept. */
const maxLogBytes = 10 * 1024 * 1024;
/** Fields that could hold a secret; they never reach the file. */
const secretFields = ['password', 'token', 'secret', 'env', 'authorization'];

/**
 * The host's log, JSON lines in `<data>/novacron.log`. A log that can't be written is left out: a full disk under the
 * log is no reason to stop.
 */
export function openLogger(dataDirectory: string): Logger {
  const file = join(dataDirectory, 'novacron.log');
  try {
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > maxLogBytes) {
      renameSync(file, `${file}.1`);
    }
    // Synchronous: the last lines before a crash are the ones that matter.
    const destination = pino.destination({ dest: file, sync: true, mode: 0o600 });
    destination.on('error', () => {});
    return pino({ redact: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]) }, destination);
  } catch {
    return silentLogger();
  }
}

/** A log that keeps nothing. */
export function silentLogger(): Logger {
  return pino({ level: 'silent' });
}
