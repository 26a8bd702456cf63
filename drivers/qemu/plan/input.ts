import type { WorkloadSpec } from '../../spec.ts';
import type { MachinePaths } from '../machine/paths.ts';
import type { Layer } from '../machine/record.ts';
import type { QemuSettings } from '../settings.ts';

/** A way in which guest code is run. */
export type Accelerator = 'kvm' | 'hvf' | 'whpx' | 'tcg';

/** What the arguments depend on beyond the machine: facts about QEMU on this host. */
export type EngineFacts = {
  /** Absolute path of `qemu-system-<arch>`. */
  binary: string;
  version: string;
  /** The one that is used for this machine, found to work. */
  accelerator: Accelerator;
  /** `-sandbox` is compiled in and works. */
  sandbox: boolean;
  /** Alias to versioned machine type (`q35` -> `pc-q35-7.2`), so that a saved memory fits a later QEMU. */
  machineTypes: Record<string, string>;
  /** The UEFI firmware of the machine's type; null where it wants none. */
  firmware: { code: string; variables: string } | null;
  /** `-netdev` takes JSON (since QEMU 7.0). */
  jsonNetdev: boolean;
};

/** What a QEMU has compiled in of which a machine can be made. */
export type MachineParts = {
  /** With their aliases. */
  machineTypes: readonly string[];
  /** Models of watchdogs. */
  watchdogs: readonly string[];
};

/** Everything from which the arguments are built. */
export type PlanInput = {
  facts: EngineFacts;
  spec: WorkloadSpec;
  settings: QemuSettings;
  uuid: string;
  paths: MachinePaths;
  /** Absolute path of the UEFI variables. */
  variables: string;
  layers: readonly Layer[];
  /** Disk ids in order with the layer that each writes to. */
  disks: readonly { id: string; layerId: string }[];
  /** Absolute path of a layer's file. */
  pathOf(layer: Layer): string;
  /** Port forwards with their host ports settled. */
  forwards: readonly { hostAddress: string; hostPort: number; guestPort: number; protocol: 'tcp' | 'udp' }[];
};
