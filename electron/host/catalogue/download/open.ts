import { lookup as dnsLookup } from 'node:dns';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { NovaError } from '../../../../drivers/errors.ts';
import { checkUrl, type DownloadPolicy, privateAddress } from './policy.ts';

// Not by `import`: that reads every export of the module, and one of them loads a whole HTTP client with each start.
const { request: httpRequest } = process.getBuiltinModule('node:http');

/** A publisher's redirect to a mirror, and the mirror's to a nearer one, with room. */
const maxRedirects = 5;

/**
 * Opens a GET and follows redirects, each checked by the policy. The answer is the caller's to read or destroy; any status
 * that is not a redirect comes back. Throws `permission_denied`, `engine_unavailable` (retryable), `timeout` or `cancelled`.
 */
export async function openUrl(
  address: string,
  headers: Record<string, string>,
  policy: DownloadPolicy,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  let url = parse(address);
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    checkUrl(url, policy);
    const answer = await get(url, headers, policy, signal);
    const status = answer.statusCode ?? 0;
    const location = answer.headers.location;
    if (status < 300 || status > 399 || location === undefined) return answer;
    answer.destroy();
    url = parse(location, url);
  }
  throw new NovaError('engine_unavailable', `${address} redirects more than ${maxRedirects} times.`);
}

function parse(address: string, base?: URL): URL {
  const url = URL.parse(address, base);
  if (url === null) throw new NovaError('permission_denied', 'A download address or redirect is not a URL.');
  return url;
}

function get(
  url: URL,
  headers: Record<string, string>,
  policy: DownloadPolicy,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options: RequestOptions = {
    headers: { 'user-agent': 'NovaCron', 'accept-encoding': 'identity', ...headers },
    lookup: guardedLookup(policy),
    timeout: policy.stallMs,
    signal,
    agent: false,
  };
  const request = url.protocol === 'http:' ? httpRequest(url, options) : httpsRequest(url, options);
  const stalled = (): NovaError => {
    const seconds = Math.round(policy.stallMs / 1000);
    return new NovaError('timeout', `${url.host} sent nothing for ${seconds} seconds.`, { retryable: true });
  };
  request.on('response', (answer) => {
    // Destroying the request would end the answer with a bare "aborted".
    answer.setTimeout(policy.stallMs, () => answer.destroy(stalled()));
    resolve(answer);
  });
  request.on('timeout', () => {
    request.destroy(stalled());
  });
  request.on('error', (error) => {
    reject(connectionError(error, url.host, signal));
  });
  request.end();
  return promise;
}

/** A failed connection in the project's words. */
export function connectionError(error: Error, host: string, signal: AbortSignal): NovaError {
  if (error instanceof NovaError) return error;
  if (signal.aborted) return new NovaError('cancelled', 'The download was cancelled.', { cause: error });
  return new NovaError('engine_unavailable', `The connection to ${host} failed: ${error.message}`, {
    retryable: true,
    cause: error,
    details: { fixes: ['Check the connection to the internet and try again: the download goes on where it ended.'] },
  });
}

/** Resolves a name and hands on only allowed addresses, so that the address that was checked is the one connected to. */
function guardedLookup(policy: DownloadPolicy): LookupFunction {
  return (hostname, options, callback) => {
    dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      const refused = addresses.find((entry) => !policy.allowsAddress(entry.address));
      if (refused !== undefined) return callback(privateAddress(hostname, refused.address), '', 0);
      const first = addresses[0];
      if (options.all === true) return callback(null, addresses);
      return callback(null, first?.address ?? '', first?.family ?? 4);
    });
  };
}
