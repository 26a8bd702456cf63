import { NovaError } from '../../errors.ts';

/** What qemu-img prints when another process holds the image (block/file-posix.c). */
const lockText = /Failed to get (?:shared )?"[\w ]+" lock|Is another process using the image/;
const fullText = /No space left on device|Disk quota exceeded/;

/** Maps a failure of qemu-img: its exit code is always 1, so its words are all there is. */
export function imageFailure(command: string, exitCode: number, log: string[]): NovaError {
  const text = log.join('\n');
  const last = log.at(-1) ?? `exit code ${exitCode}`;
  if (lockText.test(text)) {
    return new NovaError('conflict', `The image is in use by another process. (${last})`, {
      retryable: true,
      details: { command, log, locked: true, fixes: ['Stop the machine or program that uses it and try again.'] },
    });
  }
  if (fullText.test(text)) {
    return new NovaError('resource_exhausted', `The disk is full. Free space and try again. (${last})`, {
      retryable: true,
      details: { command, log },
    });
  }
  if (/Permission denied/.test(text)) {
    return new NovaError('permission_denied', `qemu-img may not do this. (${last})`, { details: { command, log } });
  }
  return new NovaError('internal', `qemu-img failed: ${last}`, { details: { command, log, exitCode } });
}
