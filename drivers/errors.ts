/** The closed list of error codes. A caller decides by code, never by the words of a message. */
export const errorCodes = [
  'not_found',
  'already_exists',
  'invalid_spec',
  'wrong_state',
  'unsupported',
  'engine_unavailable',
  'permission_denied',
  'resource_exhausted',
  'timeout',
  'cancelled',
  'conflict',
  'interrupted',
  'internal',
] as const;

/** One of the closed list of error codes. */
export type ErrorCode = (typeof errorCodes)[number];

/** What is known about a failure beyond its message. All values are JSON. */
export type ErrorDetails = {
  /** The last command line or request, as it was made, without secrets. */
  command?: string;
  /** The last lines that the engine or tool printed, oldest first. */
  log?: string[];
  /** What the user can do next, one sentence each. */
  fixes?: string[];
  /** The spec field at fault, as a dotted path. */
  field?: string;
  [key: string]: unknown;
};

/** The one error class of the project. The message says what happened, to what, and what to do. */
export class NovaError extends Error {
  /** The class of the failure. */
  readonly code: ErrorCode;
  /** True when the same call may succeed later without a change. */
  readonly retryable: boolean;
  /** What is known beyond the message. */
  readonly details: ErrorDetails;

  constructor(
    code: ErrorCode,
    message: string,
    options: { retryable?: boolean; details?: ErrorDetails; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'NovaError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }
}

/** A NovaError as it travels over the bridge and into the inventory. */
export type ErrorData = { code: ErrorCode; message: string; retryable: boolean; details: ErrorDetails };

/** Failures of the system that may meet any code at any place, by their errno. */
const systemFailures: Readonly<Record<string, { code: ErrorCode; text: string; retryable: boolean }>> = {
  EMFILE: {
    code: 'resource_exhausted',
    text: 'NovaCron has as many files open as it may. Close consoles, or raise the limit of open files and start it again.',
    retryable: true,
  },
  ENFILE: { code: 'resource_exhausted', text: 'This machine has as many files open as it may.', retryable: true },
  ENOSPC: { code: 'resource_exhausted', text: 'The disk is full. Free space and try again.', retryable: true },
  EDQUOT: { code: 'resource_exhausted', text: 'The disk quota is used up. Free space and try again.', retryable: true },
  ENOMEM: { code: 'resource_exhausted', text: 'This machine has no memory left.', retryable: true },
  EACCES: { code: 'permission_denied', text: 'This user may not do that.', retryable: false },
  EPERM: { code: 'permission_denied', text: 'This user may not do that.', retryable: false },
};

function systemFailure(error: Error): ErrorData | null {
  const failure = 'code' in error && typeof error.code === 'string' ? systemFailures[error.code] : undefined;
  if (failure === undefined) return null;
  const { code, text, retryable } = failure;
  return { code, message: `${text} (${error.message})`, retryable, details: {} };
}

/**
 * The JSON form of any thrown value. A failure of the system that nobody mapped keeps its class; another unknown error
 * becomes `internal` with its message kept.
 */
export function errorData(error: unknown): ErrorData {
  if (error instanceof NovaError) {
    return { code: error.code, message: error.message, retryable: error.retryable, details: error.details };
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return { code: 'cancelled', message: 'The operation was cancelled.', retryable: false, details: {} };
  }
  const known = error instanceof Error ? systemFailure(error) : null;
  if (known !== null) return known;
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message, retryable: false, details: {} };
}

/** The inverse of `errorData`. */
export function errorFromData(data: ErrorData): NovaError {
  return new NovaError(data.code, data.message, { retryable: data.retryable, details: data.details });
}

/** Throws `cancelled` when the signal is aborted. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) {
    throw new NovaError('cancelled', 'The operation was cancelled.');
  }
}

/** Ends a switch over a union; a new member that is not handled is a type error. */
export function assertNever(value: never): never {
  throw new NovaError('internal', `Unexpected value ${JSON.stringify(value)}.`);
}
