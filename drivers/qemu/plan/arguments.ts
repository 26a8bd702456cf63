import { join } from 'node:path';
import { agentChardev } from '../agent/link.ts';
import type { MachinePaths } from '../machine/paths.ts';
import { busOf, deviceArguments } from './devices.ts';
import { optionValue } from './escape.ts';
import type { Accelerator, PlanInput } from './input.ts';
import { moduleSpaceBytes } from './memory-blocks.ts';

/** What a QEMU may not do once it runs; see qemu(1), `-sandbox`. Nothing of ours needs it. */
const sandboxRules = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny';
/** Slots for memory modules that are plugged in while it runs; each takes one growth step. */
export const memorySlots = 16;

/** The file to which QEMU itself writes every byte of the serial console of this boot: the output end of its pipe is a link to it. */
export function consoleLogPath(paths: MachinePaths): string {
  return join(paths.consoles, 'current.log');
}

/** The socket of the VNC display. */
export function vncSocketPath(paths: MachinePaths): string {
  return join(paths.runtime, 'vnc');
}

/** The CPU model that gives the guest all that the accelerator has. */
function defaultCpu(accelerator: Accelerator): string {
  return accelerator === 'tcg' ? 'max' : 'host';
}

function processors(input: PlanInput): string[] {
  const { vcpus = 1, maxVcpus = vcpus } = input.spec.resources;
  // microvm has no CPU hotplug: a maximum above the number is refused there.
  const maximum = busOf(input.settings.machine) === 'mmio' ? vcpus : Math.max(maxVcpus, vcpus);
  return [
    '-cpu',
    input.settings.cpuModel ?? defaultCpu(input.facts.accelerator),
    '-smp',
    `cpus=${vcpus},maxcpus=${maximum},sockets=1,cores=${maximum},threads=1`,
  ];
}

function memory(input: PlanInput): string[] {
  const { memoryBytes = 512 * 1024 * 1024, maxMemoryBytes = memoryBytes } = input.spec.resources;
  const hotplug = maxMemoryBytes > memoryBytes && busOf(input.settings.machine) !== 'mmio';
  return [
    '-m',
    hotplug
      ? `size=${memoryBytes}B,slots=${memorySlots},maxmem=${moduleSpaceBytes(memoryBytes, maxMemoryBytes)}B`
      : `size=${memoryBytes}B`,
  ];
}

/** Node names of the two flash chips of UEFI firmware. */
export const firmwareNodes = { code: 'firmware', variables: 'nvram' };

function firmware({ facts, variables }: PlanInput): string[] {
  if (facts.firmware === null) {
    return [];
  }
  const flash = (name: string, path: string, readOnly: boolean): string[] => [
    '-blockdev',
    JSON.stringify({
      driver: 'raw',
      'node-name': name,
      'read-only': readOnly,
      file: { driver: 'file', filename: path, 'read-only': readOnly },
    }),
  ];
  return [...flash(firmwareNodes.code, facts.firmware.code, true), ...flash(firmwareNodes.variables, variables, false)];
}

/** What the watchdog does; its trace, which QEMU has since 8.0, tells the end of a run as below. */
function watchdogAction({ settings }: PlanInput): string[] {
  return settings.watchdog === undefined
    ? []
    : // A pattern: an older QEMU would warn of a name that it does not know.
      ['-action', `watchdog=${settings.watchdog.action}`, '-trace', 'watchdog_perform_actio?'];
}

function boot(input: PlanInput): string[] {
  const { kernel, initrd, cmdline } = input.settings;
  if (kernel === undefined) {
    return [];
  }
  return [
    '-kernel',
    kernel,
    ...(initrd === undefined ? [] : ['-initrd', initrd]),
    ...(cmdline === '' ? [] : ['-append', cmdline]),
  ];
}

/**
 * QEMU's command line for a machine, program first. Pure. Values that a user chose stand in JSON, in a plain argument of their
 * own, or with commas doubled, so that none of them can become an option.
 */
export function buildArguments(input: PlanInput): string[] {
  const { facts, settings, paths, uuid } = input;
  const machine = facts.machineTypes[settings.machine] ?? settings.machine;
  return [
    facts.binary,
    '-no-user-config',
    '-nodefaults',
    '-name',
    `guest=${optionValue(input.spec.name)}`,
    '-uuid',
    uuid,
    '-machine',
    `type=${machine}${facts.firmware === null ? '' : `,pflash0=${firmwareNodes.code},pflash1=${firmwareNodes.variables}`}`,
    '-accel',
    facts.accelerator,
    ...processors(input),
    ...memory(input),
    ...(facts.sandbox ? ['-sandbox', sandboxRules] : []),
    '-pidfile',
    paths.pidFile,
    '-chardev',
    `socket,id=qmp0,path=${optionValue(paths.qmpSocket)},server=on,wait=off`,
    '-mon',
    'chardev=qmp0,mode=control',
    '-chardev',
    `socket,id=qmp1,path=${optionValue(paths.spareQmpSocket)},server=on,wait=off`,
    '-mon',
    'chardev=qmp1,mode=control',
    '-chardev',
    // No socket: an undrained one stops the guest's output, and QEMU's logfile doubles bytes when one is full. A file never is.
    `pipe,id=serial0,path=${optionValue(paths.serialPipe)}`,
    '-serial',
    'chardev:serial0',
    ...(settings.guestAgent
      ? ['-chardev', `socket,id=${agentChardev},path=${optionValue(paths.agentSocket)},server=on,wait=off`]
      : []),
    '-display',
    settings.display === 'none' ? 'none' : `vnc=unix:${optionValue(vncSocketPath(paths))}`,
    '-rtc',
    'base=utc',
    // Only what has a boot index is booted from; no minutes of trying the network.
    '-boot',
    'menu=off,strict=on',
    ...boot(input),
    ...firmware(input),
    ...deviceArguments(input),
    ...watchdogAction(input),
    // Written to the error log: how a run ended can be read there even when nobody was connected.
    '-trace',
    'qemu_system_shutdown_request',
  ];
}
