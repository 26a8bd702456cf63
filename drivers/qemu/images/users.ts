import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { NovaError } from '../../errors.ts';

function read<T>(what: () => T): T | null {
  try {
    return what();
  } catch {
    // Processes end and files go while we look; what is gone uses nothing.
    return null;
  }
}

/** Programs that have a file open, as `qemu-system-x86 (pid 12)`. Only those that we may look at. */
export function usersOf(path: string): string[] {
  const real = read(() => realpathSync(path)) ?? path;
  const users: string[] = [];
  for (const name of read(() => readdirSync('/proc')) ?? []) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) {
      continue;
    }
    const open = (read(() => readdirSync(`/proc/${name}/fd`)) ?? []).some(
      (fd) => read(() => readlinkSync(`/proc/${name}/fd/${fd}`)) === real,
    );
    if (open) {
      const words = (read(() => readFileSync(`/proc/${name}/cmdline`, 'utf8')) ?? '').split('\0');
      const guest = /guest=([^,]*)/.exec(words[words.indexOf('-name') + 1] ?? '')?.[1];
      const program = (read(() => readFileSync(`/proc/${name}/comm`, 'utf8')) ?? '?').trim();
      users.push(`${guest === undefined ? program : `the virtual machine ${guest}`} (pid ${name})`);
    }
  }
  return users;
}

/** Says who uses an image when qemu-img found it locked; other errors pass. */
export function nameUsers(error: unknown, path: string): unknown {
  if (!(error instanceof NovaError) || error.details['locked'] !== true) {
    return error;
  }
  const users = usersOf(path);
  return new NovaError(
    'conflict',
    `The image ${JSON.stringify(path)} is in use by ${users.length === 0 ? 'another process' : users.join(', ')}. Stop it and try again.`,
    { retryable: true, details: { ...error.details, path, users }, cause: error },
  );
}
