import { type ErrorCode, NovaError } from '../../errors.ts';

/** QEMU's closed list of error classes (qapi/error.json) in our codes. `GenericError` says nothing but its text. */
const codeOfClass = new Map<string, ErrorCode>([
  ['CommandNotFound', 'unsupported'],
  ['DeviceNotActive', 'wrong_state'],
  ['DeviceNotFound', 'not_found'],
  ['KVMMissingCap', 'unsupported'],
]);

/** An error answer of the monitor. */
export function commandError(command: string, errorClass: string, text: string): NovaError {
  return new NovaError(codeOfClass.get(errorClass) ?? 'internal', `QEMU refused "${command}": ${text}`, {
    details: { command, qmpClass: errorClass, qmpText: text },
  });
}

/** No answer in time. */
export function commandTimeout(command: string, timeoutMs: number): NovaError {
  return new NovaError(
    'timeout',
    `QEMU did not answer "${command}" within ${timeoutMs / 1000} s. It may be stopped or overloaded; force it off if it does not come back.`,
    { retryable: true, details: { command, stage: 'command' } },
  );
}

/** The connection ended before the answer. */
export function connectionLost(command: string, why: string): NovaError {
  return new NovaError('engine_unavailable', `The connection to QEMU ended before "${command}" was answered: ${why}.`, {
    retryable: true,
    details: { command, stage: 'command' },
  });
}

function busy(path: string, what: string, details: Record<string, unknown>): NovaError {
  return new NovaError(
    'timeout',
    `QEMU's monitor is busy: ${what}. Another program is connected to it, or QEMU is stopped.`,
    {
      retryable: true,
      details: { path, ...details },
    },
  );
}

/** A second client on the socket, or a QEMU that does not run its main loop: it connects and no greeting comes. */
export function monitorBusy(path: string, timeoutMs: number): NovaError {
  return busy(path, `no greeting within ${timeoutMs / 1000} s`, { stage: 'greeting' });
}

/** Nothing listens, or so many wait already that the kernel refuses one more (EAGAIN; see unix(7)). */
export function notConnectable(path: string, cause: unknown): NovaError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  if (code === 'EAGAIN') {
    return busy(path, 'others wait for it already', { stage: 'connect', errno: code });
  }
  return new NovaError(
    code === 'EACCES' || code === 'EPERM' ? 'permission_denied' : 'engine_unavailable',
    `QEMU's monitor cannot be reached (${code}).`,
    { retryable: true, details: { stage: 'connect', path, errno: code }, cause },
  );
}

/** The answer to the greeting was not the one of a monitor. */
export function negotiationFailed(path: string, why: string): NovaError {
  return new NovaError('engine_unavailable', `QEMU's monitor did not accept the connection: ${why}.`, {
    retryable: true,
    details: { stage: 'negotiation', path },
  });
}
