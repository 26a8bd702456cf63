import { qemuNeed } from '../../scripts/setup/needs.ts';
import { findProgram } from '../../scripts/setup/programs.ts';
import type { Need } from '../../scripts/setup/system-packages.ts';
import { whyNoLibvirt } from './peers/libvirt.ts';

const libvirt: Need = {
  purpose: 'libvirt, beside which machines are measured',
  isThere: () => whyNoLibvirt() === null,
  packages: { apt: ['libvirt-daemon-system', 'libvirt-clients'] },
};

const socat: Need = {
  purpose: 'socat, beside which the console is measured',
  isThere: () => findProgram(['socat']) !== null,
  packages: { apt: ['socat'] },
};

const needs: Readonly<Record<string, readonly Need[]>> = {
  start: [qemuNeed, libvirt],
  snapshot: [qemuNeed, libvirt],
  restore: [qemuNeed, libvirt],
  console: [qemuNeed, socat],
  host: [qemuNeed],
};

/** What the rows are measured with. */
export function needsOf(rows: readonly string[]): Need[] {
  return [...new Set(rows.flatMap((row) => needs[row] ?? []))];
}
