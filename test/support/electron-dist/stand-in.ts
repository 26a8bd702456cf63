import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Marks the place of the fuses in Electron's binary (@electron/fuses, constants). */
const fuseSentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** Fuses of the wire that `@electron/fuses` knows today; more do no harm. */
const fuseCount = 9;

/** Writes an Electron distribution without Electron: enough for electron-builder to pack around it. */
export async function writeElectronStandIn(directory: string, version: string): Promise<void> {
  await mkdir(join(directory, 'resources'), { recursive: true });
  const wire = Buffer.concat([Buffer.from(fuseSentinel), Buffer.from([1, fuseCount]), Buffer.alloc(fuseCount, '0')]);
  const binary = join(directory, 'electron');
  await writeFile(binary, Buffer.concat([Buffer.from('stand-in '), wire, Buffer.from(' end')]));
  await chmod(binary, 0o755);
  await writeFile(join(directory, 'version'), version);
}

/** The fuses of a binary, in the order of `FuseV1Options`: `0` off, `1` on, `r` removed. */
export async function readFuses(binary: string): Promise<string> {
  const bytes = await readFile(binary);
  const start = bytes.indexOf(fuseSentinel) + fuseSentinel.length;
  return bytes.toString('latin1', start + 2, start + 2 + (bytes[start + 1] ?? 0));
}
