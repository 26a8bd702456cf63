import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { optionValue } from '../plan/escape.ts';
import type { Accelerator } from '../plan/input.ts';
import { marker, markerExitCode, payloadImage } from './payload.ts';
import { runTool, type ToolResult } from './tool.ts';

/** A working accelerator needs 0.1 s; a broken one hangs for ever. */
export const bootTestLimitMs = 5_000;

/** Whether guest code really runs. */
export type BootVerdict = { works: boolean; reason: string; log: string[] };

/** Says in a sentence why the marker did not come. Pure. */
export function judgeBoot(result: ToolResult, output: string, accelerator: Accelerator): BootVerdict {
  const name = accelerator.toUpperCase();
  const log = result.stderr
    .split('\n')
    .filter((line) => line !== '')
    .slice(-5);
  if (result.exitCode === markerExitCode && output.includes(marker)) {
    return { works: true, reason: `A test guest ran under ${name}.`, log };
  }
  if (result.failure !== null) {
    return { works: false, reason: `QEMU could not be started for the test of ${name}: ${result.failure}.`, log };
  }
  if (result.timedOut) {
    return {
      works: false,
      reason: `${name} opens, but a test guest hung in it: it did not reach its marker within ${bootTestLimitMs / 1000} s.`,
      log,
    };
  }
  if (result.signal !== null) {
    return { works: false, reason: `${name} opens, but QEMU died in the test (${result.signal}).`, log };
  }
  return { works: false, reason: `${name} does not work: ${log.at(-1) ?? `exit code ${result.exitCode}`}.`, log };
}

function bootArguments(accelerator: Accelerator, image: string, output: string): string[] {
  const cpu = accelerator === 'tcg' ? 'max' : 'host';
  const machine = `-no-user-config -nodefaults -display none -machine q35 -m 16 -accel ${accelerator} -cpu ${cpu}`;
  return [
    ...machine.split(' '),
    '-bios',
    image,
    '-chardev',
    `file,id=debug,path=${optionValue(output)}`,
    '-device',
    'isa-debugcon,iobase=0xe9,chardev=debug',
    '-device',
    'isa-debug-exit,iobase=0xf4,iosize=4',
  ];
}

/** Boots the payload under an accelerator, as the machines will run: with its own best CPU model. */
export async function bootTest(binary: string, accelerator: Accelerator, signal?: AbortSignal): Promise<BootVerdict> {
  const directory = mkdtempSync(join(tmpdir(), 'novacron-probe-'));
  try {
    const image = join(directory, 'payload.bin');
    const output = join(directory, 'output');
    writeFileSync(image, payloadImage());
    writeFileSync(output, '');
    const result = await runTool(binary, bootArguments(accelerator, image, output), {
      timeoutMs: bootTestLimitMs,
      leash: true,
      ...(signal === undefined ? {} : { signal }),
    });
    return judgeBoot(result, readFileSync(output, 'latin1'), accelerator);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
