import { NovaError } from './errors.ts';

/**
 * Named points at which a test can make the program die, fail or wait, after the pattern of containerd's failpoints.
 * Without a setting a point costs one look into an empty map.
 */

/** All points, in the order in which a life passes them, so that a test can walk them. */
export const failpointNames = [
  'qemu.create.recorded',
  'qemu.create.disks',
  'qemu.start.intent',
  'qemu.start.spawned',
  'qemu.start.connected',
  'qemu.start.recorded',
  'qemu.remove.intent',
  'qemu.snapshot.intent',
  'qemu.snapshot.overlays',
  'qemu.snapshot.memory',
  'qemu.snapshot.recorded',
  'qemu.restore.intent',
  'qemu.restore.stopped',
  'qemu.restore.recorded',
  'qemu.clone.intent',
  'qemu.clone.disks',
  'qemu.removeSnapshot.intent',
  'qemu.removeSnapshot.merged',
  'qemu.resize.intent',
  'qemu.recover.settled',
  'qemu.recover.recorded',
  'docker.change.intent',
  'docker.change.layer',
  'docker.change.aside',
  'docker.change.made',
  'docker.change.recorded',
  'docker.change.started',
  'docker.change.back',
  'docker.change.returned',
] as const;
/** The name of a failpoint. */
export type FailpointName = (typeof failpointNames)[number];

/** What happens at a point: die at once, throw, or wait so many milliseconds. */
export type FailpointAction = 'kill' | 'fail' | { delayMs: number };

const settings = new Map<string, FailpointAction>();
let readFrom: string | undefined;

/** Reads `NAME=kill|fail|delay:MS`, several joined by commas. Throws `invalid_spec` on anything else. */
export function parseFailpoints(text: string): Map<string, FailpointAction> {
  const result = new Map<string, FailpointAction>();
  for (const entry of text.split(',').filter((part) => part !== '')) {
    const [name = '', action = ''] = entry.split('=');
    const delay = /^delay:(\d{1,6})$/.exec(action)?.[1];
    if (action === 'kill' || action === 'fail') {
      result.set(name, action);
    } else if (delay !== undefined) {
      result.set(name, { delayMs: Number(delay) });
    } else {
      throw new NovaError(
        'invalid_spec',
        `NOVACRON_FAILPOINTS: ${JSON.stringify(entry)} is no NAME=kill|fail|delay:MS.`,
      );
    }
  }
  return result;
}

/** Sets or (null) clears a point, for tests. */
export function setFailpoint(name: FailpointName, action: FailpointAction | null): void {
  if (action === null) {
    settings.delete(name);
  } else {
    settings.set(name, action);
  }
}

/** Passes a point. Reads the environment variable NOVACRON_FAILPOINTS at its first use. */
export async function failpoint(name: FailpointName): Promise<void> {
  const text = process.env['NOVACRON_FAILPOINTS'] ?? '';
  if (text !== (readFrom ?? '')) {
    readFrom = text;
    for (const [key, action] of parseFailpoints(text)) {
      settings.set(key, action);
    }
  }
  const action = settings.get(name);
  if (action === undefined) {
    return;
  }
  if (action === 'kill') {
    process.kill(process.pid, 'SIGKILL');
    // The signal arrives while we wait; nothing after the point may run.
    await new Promise<never>(() => undefined);
    return;
  }
  if (action === 'fail') {
    throw new NovaError('internal', `The failpoint ${name} was set to fail.`);
  }
  await new Promise<void>((resolve) => {
    setTimeout(resolve, action.delayMs);
  });
}
