import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine } from '../machine/machine.ts';
import type { QmpClient } from '../qmp/types.ts';
import { readPpm, shrink, writePng } from './picture.ts';

/** Wide enough to read a text screen on, small enough to lie beside each snapshot. */
const keptWidth = 720;
/** QEMU copies its picture within milliseconds. */
const dumpMs = 3_000;

/** Whether the present run has a screen. */
export function hasScreen(machine: Machine): boolean {
  return machine.record.run?.argv.some((word) => word.includes('"id":"video0"')) === true;
}

let taken = 0;

/** What the guest's screen shows now, as a small PNG. Null without a screen, or when QEMU can't tell. Never throws. */
export async function takeScreen(machine: Machine, client: QmpClient): Promise<Buffer | null> {
  if (!hasScreen(machine)) {
    return null;
  }
  taken += 1;
  const filename = join(machine.paths.runtime, `screen-${process.pid}-${taken}.ppm`);
  try {
    await client.execute('screendump', { filename }, { timeoutMs: dumpMs });
    const picture = readPpm(await readFile(filename));
    return picture === null ? null : writePng(shrink(picture, keptWidth));
  } catch {
    // No picture yet, or a QEMU that stands still: nothing depends on it.
    return null;
  } finally {
    await rm(filename, { force: true });
  }
}

function screensDirectory(machine: Machine): string {
  return join(machine.paths.directory, 'screens');
}

/** The name of a snapshot's picture; ids are ours and harmless, and yet nothing but letters, digits and dashes may name a file. */
function pictureName(snapshotId: string): string {
  return `${snapshotId.replaceAll(/[^A-Za-z0-9-]/g, '_')}.png`;
}

/** Keeps a snapshot's picture and drops those of snapshots that are gone. A full disk costs the picture only. */
export function keepScreen(machine: Machine, snapshotId: string, png: Buffer | null): void {
  const directory = screensDirectory(machine);
  try {
    const wanted = new Set(machine.record.snapshots.map((snapshot) => pictureName(snapshot.id)));
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(directory).filter((entry) => !wanted.has(entry))) {
      rmSync(join(directory, name), { force: true });
    }
    if (png !== null) {
      writeFileSync(join(directory, pictureName(snapshotId)), png, { mode: 0o600 });
    }
  } catch {
    // The snapshot is whole without it.
  }
}

/** A snapshot's picture, or null when there is none. */
export function keptScreen(machine: Machine, snapshotId: string): Buffer | null {
  try {
    return readFileSync(join(screensDirectory(machine), pictureName(snapshotId)));
  } catch {
    return null;
  }
}
