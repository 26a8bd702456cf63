import { NovaError } from '../../../../drivers/errors.ts';
import { connectionError, openUrl } from './open.ts';
import type { DownloadPolicy } from './policy.ts';

/** The text of a small file, such as a list of checksums. Throws `resource_exhausted` when it is larger than `maxBytes`. */
export async function fetchText(
  address: string,
  maxBytes: number,
  policy: DownloadPolicy,
  signal: AbortSignal,
): Promise<string> {
  const answer = await openUrl(address, {}, policy, signal);
  if (answer.statusCode !== 200) {
    answer.destroy();
    throw new NovaError('engine_unavailable', `${address} answered with status ${answer.statusCode ?? 'none'}.`, {
      retryable: true,
    });
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > maxBytes) {
        throw new NovaError('resource_exhausted', `${address} is larger than the ${maxBytes} bytes it may have.`);
      }
      parts.push(chunk);
    }
  } catch (error) {
    throw connectionError(error instanceof Error ? error : new Error(String(error)), new URL(address).host, signal);
  } finally {
    answer.destroy();
  }
  return Buffer.concat(parts).toString('utf8');
}
