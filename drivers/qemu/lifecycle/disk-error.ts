import { z } from 'zod';
import type { QmpClient, QmpEvent } from '../qmp/types.ts';

/** Why a machine stands still on a disk error, and what to do. */
export type DiskError = { reason: string; attention: string };

/** What `query-block` tells of a disk on which the machine stands (BlockDeviceIoStatus of qapi/block-core.json). */
const blocksSchema = z.array(z.object({ 'io-status': z.string().optional() }));
/** A failing disk fails at each try of the guest: one notice in this time is enough, milliseconds. */
const toldEveryMs = 60_000;

/** The words for a machine that a disk error has paused. `what` says what failed, where it is known. Pure. */
export function diskPause(full: boolean, what: string | null, directory: string): DiskError {
  return full
    ? {
        reason: 'Paused: the disk that holds its image is full.',
        attention: `Free space where ${directory} lies, then resume. Nothing is lost.`,
      }
    : {
        reason: `Paused: ${what ?? 'a disk could not be read or written'}.`,
        attention: 'Look at the disk that holds its image, then resume.',
      };
}

/** What a BLOCK_IO_ERROR says of a disk that did not do what it was asked for. Pure. */
export function diskFailure(event: QmpEvent): string {
  const { device, 'node-name': node, operation, reason } = event.data;
  const [name] = [device, node].filter((each) => typeof each === 'string').filter((each) => each !== '');
  return `a disk${name === undefined ? '' : ` (${name})`} failed to ${String(operation)}: ${String(reason)}`;
}

/** Why a machine in the state `io-error` stands, for one whose event nobody heard. Null when QEMU does not say. */
export async function askDiskError(client: QmpClient, directory: string): Promise<DiskError | null> {
  const statuses = blocksSchema.parse(await client.execute('query-block')).map((block) => block['io-status']);
  return statuses.includes('nospace')
    ? diskPause(true, null, directory)
    : statuses.includes('failed')
      ? diskPause(false, null, directory)
      : null;
}

/** Makes the words for errors that are left to the guest, which goes on: it may keep silent about them, we must not. */
export function createReportedErrors(): (event: QmpEvent, nowMs: number) => string | null {
  const told = new Map<string, number>();
  return (event, nowMs) => {
    if (event.event !== 'BLOCK_IO_ERROR' || event.data['action'] === 'stop') {
      return null;
    }
    const failure = diskFailure(event);
    if (nowMs - (told.get(failure) ?? Number.NEGATIVE_INFINITY) < toldEveryMs) {
      return null;
    }
    told.set(failure, nowMs);
    const who = event.data['action'] === 'report' ? 'The guest was told.' : 'The guest was not told.';
    return `I/O error: ${failure}. ${who} Look at the disk that holds its image.`;
  };
}
