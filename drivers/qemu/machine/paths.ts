import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Where the files of one machine are. */
export type MachinePaths = {
  /** `<root>/<id>`, mode 0700. */
  directory: string;
  record: string;
  disks: string;
  memory: string;
  consoles: string;
  /** Short runtime directory for sockets (addresses stay under 104 bytes), mode 0700. */
  runtime: string;
  qmpSocket: string;
  spareQmpSocket: string;
  /** The serial console's pipe without its endings: `.in` is a FIFO, `.out` a link to the record. */
  serialPipe: string;
  /** The guest agent's socket. */
  agentSocket: string;
  /** The variables of UEFI firmware; there is none without. */
  nvram: string;
  pidFile: string;
  stderrLog: string;
};

/** The paths of one machine. `runtimeRoot` is short: see `Host`'s runtime directory. */
export function machinePaths(root: string, runtimeRoot: string, id: string): MachinePaths {
  const directory = join(root, id);
  // Ids of a common beginning must not share a directory.
  const runtime = join(runtimeRoot, createHash('sha256').update(id).digest('hex').slice(0, 12));
  return {
    directory,
    record: join(directory, 'machine.json'),
    disks: join(directory, 'disks'),
    memory: join(directory, 'memory'),
    consoles: join(directory, 'consoles'),
    runtime,
    qmpSocket: join(runtime, 'qmp'),
    spareQmpSocket: join(runtime, 'qmp2'),
    serialPipe: join(runtime, 'serial'),
    agentSocket: join(runtime, 'agent'),
    nvram: join(directory, 'nvram.fd'),
    pidFile: join(directory, 'pid'),
    stderrLog: join(directory, 'stderr.log'),
  };
}
