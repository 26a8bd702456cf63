import { type ErrorCode, NovaError } from '../../errors.ts';
import { readableLog } from './end.ts';

/** What QEMU prints when it can't start, and what that means. The only place that reads its words. */
const meanings: { pattern: RegExp; code: ErrorCode; say: (match: RegExpExecArray) => string }[] = [
  {
    pattern: /host forwarding rule '(?:tcp|udp):([^']*):(\d+)-/,
    code: 'conflict',
    say: (match) =>
      `the port ${match[2]} of this machine (address ${match[1] === '' ? 'any' : match[1]}) cannot be forwarded: it is taken or needs more rights. Choose another port.`,
  },
  {
    pattern:
      /Failed to get (?:shared )?"(?:write|consistent read)" lock|Is another process using the image \[([^\]]*)\]/,
    code: 'conflict',
    say: () => 'one of its disk images is in use by another program. End that program, or use a copy of the image.',
  },
  {
    pattern: /cannot set up guest memory|Cannot allocate memory/,
    code: 'resource_exhausted',
    say: () => 'there is not enough memory on this machine. Give it less, or end something else.',
  },
  {
    pattern: /No space left on device|Disk quota exceeded/,
    code: 'resource_exhausted',
    say: () => 'the disk is full. Free space and try again.',
  },
  {
    pattern:
      /Could not open '([^']*)': No such file|could not load kernel '([^']*)'|could not open kernel file '([^']*)'/,
    code: 'not_found',
    say: (match) => `the file ${match[1] ?? match[2] ?? match[3]} is missing or cannot be used.`,
  },
  {
    pattern: /Permission denied/,
    code: 'permission_denied',
    say: () => 'one of its files may not be opened by this user.',
  },
  {
    pattern: /unsupported machine type|(?:unable to find CPU model|invalid CPU model)/,
    code: 'invalid_spec',
    say: () => 'this QEMU does not know its machine type or CPU model.',
  },
];

/** The error for a QEMU that ended before its monitor answered. Pure. */
export function startError(
  name: string,
  argv: readonly string[],
  log: readonly string[],
  exit: { code: number | null; signal: string | null } | null,
): NovaError {
  const lines = readableLog(log);
  const text = lines.join('\n');
  const details = { command: argv.join(' '), log: lines };
  for (const { pattern, code, say } of meanings) {
    const match = pattern.exec(text);
    if (match !== null) {
      return new NovaError(code, `"${name}" did not start: ${say(match)}`, { details });
    }
  }
  const how = exit?.signal ?? (exit?.code === null || exit === null ? 'unknown' : `exit code ${exit.code}`);
  const last = lines.at(-1);
  return new NovaError(
    'internal',
    `"${name}" did not start: QEMU ended at once (${how})${last === undefined ? '.' : `: ${last}`}`,
    { details },
  );
}
