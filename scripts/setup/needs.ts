import { existsSync } from 'node:fs';
import { findChromium, findProgram } from './programs.ts';
import type { Need } from './system-packages.ts';

/** What runs the machines. */
export const qemuNeed: Need = {
  purpose: 'QEMU, which runs the virtual machines',
  isThere: () =>
    findProgram(['qemu-system-x86_64', 'qemu-system-aarch64']) !== null && findProgram(['qemu-img']) !== null,
  packages: {
    apt: ['qemu-system-x86', 'qemu-utils'],
    dnf: ['qemu-system-x86', 'qemu-img'],
    pacman: ['qemu-base', 'qemu-img'],
    zypper: ['qemu-x86', 'qemu-img'],
    brew: ['qemu'],
    winget: ['SoftwareFreedomConservancy.QEMU'],
  },
};

/** What only the tests need. */
export const testNeeds: Need[] = [
  qemuNeed,
  {
    purpose: 'Chromium, in which the window is tested',
    isThere: () => findChromium() !== null,
    packages: { apt: ['chromium'], dnf: ['chromium'], pacman: ['chromium'], zypper: ['chromium'], brew: ['chromium'] },
  },
  {
    purpose: 'Xvfb, a display for tests of windows',
    isThere: () => findProgram(['Xvfb']) !== null,
    packages: { apt: ['xvfb'], dnf: ['xorg-x11-server-Xvfb'], pacman: ['xorg-server-xvfb'] },
  },
  {
    purpose: 'BusyBox, from which the demo guest is made',
    isThere: () => existsSync('/bin/busybox') || existsSync('/usr/bin/busybox'),
    packages: { apt: ['busybox-static'] },
  },
  {
    purpose: 'UEFI firmware, from which machines can boot',
    isThere: () => existsSync('/usr/share/qemu/firmware/60-edk2-x86_64.json'),
    packages: { apt: ['ovmf'], dnf: ['edk2-ovmf'] },
  },
  {
    purpose: 'Docker, whose driver is tested against the real engine',
    isThere: () => findProgram(['dockerd']) !== null && findProgram(['docker']) !== null,
    packages: { apt: ['docker.io'] },
  },
  {
    purpose: 'Docker Compose, which brings projects up',
    isThere: () => findProgram(['docker-compose']) !== null,
    packages: { apt: ['docker-compose'] },
  },
  {
    purpose: 'an SSH server, behind which an engine is tested',
    isThere: () => existsSync('/usr/sbin/sshd'),
    packages: { apt: ['openssh-server'] },
  },
  {
    purpose: 'a local registry, from which pulls are tested',
    isThere: () => findProgram(['docker-registry']) !== null,
    packages: { apt: ['docker-registry'] },
  },
];
