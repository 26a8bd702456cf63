import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followRecord, keptRecordBytes } from '../../drivers/qemu/console/follow.ts';
import { createBell } from '../../drivers/qemu/console/wake.ts';
import { findProgram } from '../../scripts/setup/programs.ts';
import { guestSpec } from '../support/qemu/guest-spec.ts';
import { createRig } from '../support/qemu/rig.ts';
import { timed } from './clock.ts';
import type { Line } from './figures.ts';
import { type FloodingGuest, startFlooding } from './guest/flooding.ts';
import { channelLine, socatLine, socketLine } from './guest/serial-line.ts';
import { startTwin } from './subjects/raw-qmp.ts';
import { inTurns } from './turns.ts';

const rounds = 3;
const replays = 9;
/** As fast as the peer, within what a measurement scatters. */
const goal = { ratioAtLeast: 0.9 };

/** How fast the output of a guest arrives, and how fast what it printed before is shown again. */
export async function benchConsole(): Promise<Line[]> {
  const socat = findProgram(['socat']) !== null;
  return [await guestLine(socat), await replayLine(socat)];
}

/** A guest that floods our console, and one that floods a socket which socat (or else a bare reader) reads. */
async function guestLine(socat: boolean): Promise<Line> {
  const rig = createRig();
  const guests: FloodingGuest[] = [];
  const twin = await startTwin(rig);
  try {
    const ref = await rig.create(await guestSpec());
    await rig.driver.start(rig.context(), ref);
    const peer = await startFlooding(socat ? socatLine(twin.serial) : socketLine(twin.serial));
    guests.push(peer);
    const ours = await startFlooding(channelLine(await rig.driver.openConsole(ref, 'serial0', {})));
    guests.push(ours);
    const samples = await inTurns(rounds, { ours: () => ours.flood(), peer: () => peer.flood() });
    const name = socat ? 'socat' : 'bare socket reader';
    return { name: 'console, guest', value: samples.ours, unit: 'MB/s', peer: { name, value: samples.peer }, goal };
  } finally {
    for (const guest of guests) guest.close();
    twin.client.close();
    await twin.end();
    await rig.close();
  }
}

/** All that is kept of a console's output. */
async function replayLine(socat: boolean): Promise<Line> {
  const name = `console, replay of ${keptRecordBytes / 2 ** 20} MiB`;
  if (!socat) return { name, skipped: 'no socat here' };
  const directory = mkdtempSync(join(tmpdir(), 'nb-'));
  try {
    const path = join(directory, 'record');
    writeFileSync(path, `${'x'.repeat(98)}\r\n`.repeat(keptRecordBytes / 100));
    const size = Math.floor(keptRecordBytes / 100) * 100;
    const speed = (ms: number): number => size / 1000 / ms;
    const samples = await inTurns(replays, {
      ours: async () => speed(await timed(async () => assertAll(size, await readRecord(path)))),
      peer: async () => speed(await timed(async () => assertAll(size, await readSocat(path)))),
    });
    return { name, value: samples.ours, unit: 'MB/s', peer: { name: 'socat', value: samples.peer }, goal };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function assertAll(expected: number, bytes: number): void {
  if (bytes !== expected) throw new Error(`${bytes} bytes in place of ${expected} arrived.`);
}

async function readRecord(path: string): Promise<number> {
  const over = { growing: () => false, bell: createBell(), closed: () => false };
  let bytes = 0;
  for await (const chunk of followRecord({ path, replayBytes: keptRecordBytes, ...over })) bytes += chunk.length;
  return bytes;
}

function readSocat(path: string): Promise<number> {
  const child = spawn('socat', ['-u', `FILE:${path}`, '-'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let bytes = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(bytes));
  });
}
