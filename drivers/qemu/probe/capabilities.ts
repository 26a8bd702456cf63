import type { Capability, CapabilityName } from '../../driver.ts';
import type { EngineReport } from './engine.ts';

const yes = (note?: string): Capability => (note === undefined ? { available: true } : { available: true, note });
const no = (reason: string): Capability => ({ available: false, reason });

/** Everything unavailable for one reason. */
export function noCapabilities(reason: string): Record<CapabilityName, Capability> {
  return {
    pause: no(reason),
    reset: no(reason),
    resize: no(reason),
    resizeLive: no(reason),
    snapshotDisk: no(reason),
    snapshotMemory: no(reason),
    clone: no(reason),
    consoleSerial: no(reason),
    consoleVnc: no(reason),
    exec: no(reason),
    logs: no(reason),
    files: no(reason),
    images: no(reason),
    volumes: no(reason),
    networks: no(reason),
    portForwards: no(reason),
    discover: no(reason),
    transfer: no(reason),
    migrate: no(reason),
    signal: no(reason),
    services: no(reason),
    compose: no(reason),
  };
}

/** What the driver can do with this QEMU. Pure. */
export function capabilitiesOf(report: EngineReport, hasImageTool: boolean): Record<CapabilityName, Capability> {
  const { commands, migrationCapabilities } = report.introspection;
  const needs = (command: string, note?: string): Capability =>
    commands.includes(command) ? yes(note) : no(`This QEMU has no monitor command "${command}".`);
  const disks = hasImageTool ? needs('transaction') : no('qemu-img is not installed.');
  return {
    pause: needs('stop'),
    reset: needs('system_reset'),
    resize: yes(),
    resizeLive: needs(
      'device_add',
      'The guest has to take part: processors and memory are plugged in and out. Under emulation (TCG) processors only grow.',
    ),
    snapshotDisk: disks,
    snapshotMemory: needs(
      'migrate',
      migrationCapabilities.includes('background-snapshot')
        ? 'The guest stands still for milliseconds where the kernel grants background snapshots, else while its memory is written.'
        : 'The guest stands still while its memory is written: this QEMU has no background snapshots.',
    ),
    clone: disks,
    consoleSerial: yes(),
    consoleVnc: yes('For machines with a display.'),
    exec: yes('Needs qemu-guest-agent in the guest. Without a terminal; the output comes when the command has ended.'),
    logs: yes('The record of the serial console.'),
    files: no('Not by the guest agent yet; use SSH through a port forward.'),
    images: no('Disk images are named by their path.'),
    volumes: no('A machine has disks of its own.'),
    networks: no('A machine has a network of its own, with port forwards.'),
    portForwards: yes('Added and taken away while it runs.'),
    discover: yes(),
    transfer: no('Virtual machines cannot be moved to another driver yet.'),
    migrate: no('Virtual machines cannot be moved to another host yet.'),
    signal: no('A virtual machine takes no signals; it has its power button.'),
    services: no('Virtual machines belong to no cluster.'),
    compose: no('Compose files describe containers.'),
  };
}
