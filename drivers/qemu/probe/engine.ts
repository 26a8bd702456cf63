import { arch as hostArch, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Fix } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { Accelerator, EngineFacts, MachineParts } from '../plan/input.ts';
import type { QemuSettings } from '../settings.ts';
import { fileStamp, findBinaries, findProgram, type QemuBinary } from './binaries.ts';
import { bootTest } from './boot-test.ts';
import { createProbeCache } from './cache.ts';
import { type Firmware, findFirmware, firmwareFor } from './firmware.ts';
import { type Introspection, introspect, introspectionSchema } from './introspect.ts';
import { kvmKey, kvmObstacle } from './kvm-device.ts';

/** One accelerator on this host. */
export type AcceleratorReport = { name: Accelerator; works: boolean; reason: string; fixes: Fix[] };

/** One QEMU program with what it can do. */
export type EngineReport = {
  binary: QemuBinary;
  introspection: Introspection;
  /** In the order of preference; TCG is last. */
  accelerators: AcceleratorReport[];
};

/** QEMU on this host. Looks are made once and kept; `refresh` looks again where something changed. */
export type Engine = {
  /** Programs of all guest architectures, without running one. */
  binaries(): QemuBinary[];
  /** The path of qemu-img, or null. */
  imageTool(): string | null;
  /** Null when there is no QEMU of that architecture. */
  report(arch: QemuSettings['arch']): Promise<EngineReport | null>;
  /** What the arguments of a machine depend on. Throws `engine_unavailable` with fixes. */
  facts(settings: Pick<QemuSettings, 'arch' | 'accelerator' | 'machine' | 'firmware'>): Promise<EngineFacts>;
  /** What machines of that architecture can be; null when there is no QEMU that tells. Never throws. */
  parts(arch: QemuSettings['arch']): Promise<MachineParts | null>;
  /** UEFI firmware that is installed here; looked for each time, it is a handful of small files. */
  firmware(): Firmware[];
  /** True when a look at the files shows a change since the last one. Cheap. */
  changed(): boolean;
  /** Ends looks that are under way; who waits for them gets `cancelled`. Idempotent. */
  close(): void;
  /** Bytes of memory of this host. */
  readonly hostMemoryBytes: number;
};

/** How to install QEMU. */
export const installFixes: Fix[] = [
  { text: 'Install QEMU (Debian, Ubuntu).', command: 'sudo apt install qemu-system-x86 qemu-utils' },
  { text: 'Install QEMU (Fedora).', command: 'sudo dnf install qemu-kvm qemu-img' },
  { text: 'Install QEMU (macOS).', command: 'brew install qemu' },
];

/** How to install UEFI firmware. */
const firmwareFixes: Fix[] = [
  { text: 'Install it (Debian, Ubuntu): sudo apt install ovmf', command: 'sudo apt install ovmf' },
  { text: 'Install it (Fedora): sudo dnf install edk2-ovmf', command: 'sudo dnf install edk2-ovmf' },
];

const verdictSchema = z.object({ works: z.boolean(), reason: z.string(), log: z.array(z.string()) });

/** Accelerators that can exist on this system for a guest of that architecture, best first. */
export function candidates(arch: QemuSettings['arch'], system: NodeJS.Platform, machineArch: string): Accelerator[] {
  const native = (machineArch === 'x64' ? 'x86_64' : machineArch === 'arm64' ? 'aarch64' : machineArch) === arch;
  const best: Partial<Record<NodeJS.Platform, Accelerator>> = { linux: 'kvm', darwin: 'hvf', win32: 'whpx' };
  const fast = native ? best[system] : undefined;
  return fast === undefined ? ['tcg'] : [fast, 'tcg'];
}

/** Opens the look at QEMU. `searchPath` is PATH where absent. */
export function createEngine(options: { cacheDirectory: string; searchPath?: string; kvmDevice?: string }): Engine {
  const cache = createProbeCache(join(options.cacheDirectory, 'qemu-probe.json'));
  const searchPath = (): string => options.searchPath ?? process.env['PATH'] ?? '';
  const closing = new AbortController();
  /** What was cut off says nothing of QEMU, and must not be kept. */
  const unlessClosed = <T>(value: T): T => {
    if (closing.signal.aborted) {
      throw new NovaError('cancelled', 'The look at QEMU was cut off by the end of NovaCron.');
    }
    return value;
  };
  const reports = new Map<string, { key: string; report: Promise<EngineReport> }>();

  const accelerator = async (name: Accelerator, binary: QemuBinary, compiled: string[]): Promise<AcceleratorReport> => {
    if (!compiled.includes(name)) {
      return { name, works: false, reason: `This QEMU was built without ${name.toUpperCase()}.`, fixes: [] };
    }
    if (name === 'tcg') {
      return {
        name,
        works: true,
        reason: 'Emulation works everywhere; it is several times slower and is no isolation against a hostile guest.',
        fixes: [],
      };
    }
    const obstacle = name === 'kvm' ? kvmObstacle(options.kvmDevice) : null;
    if (obstacle !== null) {
      return { name, works: false, reason: obstacle.reason, fixes: [obstacle.fix] };
    }
    const hostKey = name === 'kvm' ? kvmKey(options.kvmDevice) : platform();
    const verdict = await cache.get(`boot|${name}|${binary.stamp}|${hostKey}`, verdictSchema, async () =>
      unlessClosed(await bootTest(binary.path, name, closing.signal)),
    );
    return {
      name,
      works: verdict.works,
      reason: verdict.reason,
      fixes: verdict.works
        ? []
        : [{ text: `Update the kernel and QEMU, or ask who runs this machine for working ${name.toUpperCase()}.` }],
    };
  };

  const look = async (binary: QemuBinary, arch: QemuSettings['arch']): Promise<EngineReport> => {
    const introspection = await cache.get(`ask|${binary.stamp}`, introspectionSchema, async () =>
      unlessClosed(await introspect(binary.path, closing.signal)),
    );
    const accelerators = await Promise.all(
      candidates(arch, platform(), hostArch()).map((name) => accelerator(name, binary, introspection.accelerators)),
    );
    return { binary, introspection, accelerators };
  };

  const keyOf = (binary: QemuBinary): string => {
    const obstacle = kvmObstacle(options.kvmDevice);
    return `${binary.stamp}|${obstacle?.reason ?? kvmKey(options.kvmDevice)}`;
  };

  const find = (arch: string): QemuBinary | null => {
    const path = findProgram(`qemu-system-${arch}`, searchPath());
    return path === null ? null : { arch, path, stamp: fileStamp(path) };
  };

  const engine: Engine = {
    hostMemoryBytes: totalmem(),
    close: () => closing.abort(),
    binaries: () => findBinaries(searchPath()),
    firmware: () => [...new Set(findBinaries(searchPath()).map(({ path }) => path))].slice(0, 1).flatMap(findFirmware),
    imageTool: () => findProgram('qemu-img', searchPath()),
    changed() {
      return [...reports].some(([arch, entry]) => {
        const binary = find(arch);
        return binary === null || keyOf(binary) !== entry.key;
      });
    },
    async report(arch) {
      const binary = find(arch);
      if (binary === null) {
        reports.delete(arch);
        return null;
      }
      const key = keyOf(binary);
      let entry = reports.get(arch);
      if (entry?.key !== key) {
        entry = { key, report: look(binary, arch) };
        reports.set(arch, entry);
      }
      try {
        return await entry.report;
      } catch (error) {
        // The next call tries again.
        reports.delete(arch);
        throw error;
      }
    },
    async parts(arch) {
      try {
        const report = await engine.report(arch);
        const asked = report?.introspection;
        return asked === undefined
          ? null
          : {
              machineTypes: [...asked.machineTypes, ...Object.keys(asked.machineAliases)],
              watchdogs: asked.watchdogs,
            };
      } catch {
        // Told by the probe, with its reason.
        return null;
      }
    },
    async facts(settings) {
      const report = await engine.report(settings.arch);
      if (report === null) {
        throw new NovaError('engine_unavailable', `qemu-system-${settings.arch} is not installed.`, {
          details: { fixes: installFixes.map((fix) => fix.text) },
        });
      }
      const wanted = settings.accelerator;
      const chosen =
        wanted === 'auto'
          ? report.accelerators.find((entry) => entry.works)
          : report.accelerators.find((entry) => entry.name === wanted);
      if (chosen === undefined || !chosen.works) {
        const reason = chosen?.reason ?? `${wanted.toUpperCase()} does not exist on this system.`;
        throw new NovaError('engine_unavailable', `${reason} Choose the accelerator "auto" or "tcg".`, {
          details: { field: 'settings.accelerator', fixes: chosen?.fixes.map((fix) => fix.text) ?? [] },
        });
      }
      const { version, sandbox, machineAliases } = report.introspection;
      const type = machineAliases[settings.machine] ?? settings.machine;
      const firmware =
        settings.firmware === 'uefi' ? firmwareFor(findFirmware(report.binary.path), settings.arch, type) : null;
      if (settings.firmware === 'uefi' && firmware === null) {
        throw new NovaError('engine_unavailable', `There is no UEFI firmware for the machine type ${type} here.`, {
          details: { field: 'settings.firmware', fixes: firmwareFixes.map((fix) => fix.text) },
        });
      }
      return {
        binary: report.binary.path,
        version,
        accelerator: chosen.name,
        sandbox,
        machineTypes: machineAliases,
        firmware: firmware === null ? null : { code: firmware.code, variables: firmware.variables },
        jsonNetdev: Number(version.split('.')[0]) >= 7,
      };
    },
  };
  return engine;
}
