import { isDeepStrictEqual } from 'node:util';
import type { Driver, WorkloadRef } from '../../driver.ts';
import { type ErrorCode, errorCodes, NovaError } from '../../errors.ts';

/** Fails the check with a message. */
export function ensure(condition: unknown, message: string): asserts condition {
  if (!condition) {
    throw new Error(message);
  }
}

/** Fails unless both are the same value. */
export function same(seen: unknown, expected: unknown, what: string): void {
  ensure(
    isDeepStrictEqual(seen, expected),
    `${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(seen)}`,
  );
}

/** Fails unless the value survives JSON as it is; absent and undefined are the same. */
export function isJson(value: unknown, what: string): void {
  const text = JSON.stringify(value);
  ensure(text !== undefined, `${what} is not JSON`);
  const again: unknown = JSON.parse(text);
  same(JSON.stringify(again), text, `${what} after a round trip`);
  ensure(!hasForeign(value), `${what} holds a value that JSON changes: ${text.slice(0, 200)}`);
}

function hasForeign(value: unknown): boolean {
  if (value === null || ['string', 'boolean', 'undefined'].includes(typeof value)) {
    return false;
  }
  if (typeof value === 'number') {
    return !Number.isFinite(value);
  }
  if (Array.isArray(value)) {
    return value.some((item) => item === undefined || hasForeign(item));
  }
  if (typeof value !== 'object') {
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype !== Object.prototype && prototype !== null) || Object.values(value).some(hasForeign);
}

/** Fails unless it rejects with a NovaError of one of the codes (any code when none is named), with a message for people. */
export async function refuses(promise: Promise<unknown>, what: string, ...codes: ErrorCode[]): Promise<NovaError> {
  let error: unknown;
  try {
    await promise;
  } catch (thrown) {
    error = thrown;
  }
  ensure(error !== undefined, `${what} succeeded, but ${codes.join(' or ') || 'an error'} was expected`);
  ensure(
    error instanceof NovaError,
    `${what} threw something else than NovaError: ${error instanceof Error ? error.message : typeof error}`,
  );
  ensure(errorCodes.includes(error.code), `${what} threw the unknown code ${error.code}`);
  ensure(
    codes.length === 0 || codes.includes(error.code),
    `${what} threw ${error.code} (${error.message}), but ${codes.join(' or ')} was expected`,
  );
  ensure(error.message.length > 10, `${what} threw a message that says nothing: ${error.message}`);
  isJson(error.details, `the details of ${what}`);
  return error;
}

/** Fails unless the driver says that a workload is not there: by an error, or as lost. */
export async function isGone(driver: Driver, ref: WorkloadRef): Promise<void> {
  let phase: string;
  try {
    ({ phase } = await driver.inspect(ref));
  } catch (error) {
    ensure(
      error instanceof NovaError && error.code === 'not_found',
      `inspecting ${ref.id} threw something else than not_found`,
    );
    return;
  }
  same(phase, 'lost', 'the phase of what is not there');
}
