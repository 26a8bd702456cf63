import { setTimeout as sleep } from 'node:timers/promises';
import type { Probe } from '../../driver.ts';
import { errorData } from '../../errors.ts';
import { capabilitiesOf, noCapabilities } from './capabilities.ts';
import { type Engine, installFixes } from './engine.ts';

/** How often the files are looked at for a change: packages are seldom installed. */
const lookEveryMs = 15_000;
/** With a warm cache the whole answer is there within this; else a preliminary one goes out first. */
const firstAnswerMs = 30;

/** The whole look. Never throws: a QEMU that does not start is `unhealthy`. */
export async function probeEngine(engine: Engine): Promise<Probe> {
  const others = engine.binaries().map(({ arch, path }) => ({ arch, path }));
  try {
    const report = await engine.report('x86_64');
    if (report === null) {
      const summary = 'QEMU is not installed.';
      return {
        health: 'undetected',
        summary,
        attributes: { binaries: others },
        capabilities: noCapabilities(summary),
        fixes: installFixes,
      };
    }
    const imageTool = engine.imageTool();
    const { version, machineTypes, sandbox, migrationCapabilities } = report.introspection;
    const best = report.accelerators.find((entry) => entry.works);
    const fallbacks = report.accelerators.filter((entry) => !entry.works);
    const fast = best !== undefined && best.name !== 'tcg';
    return {
      health: best === undefined ? 'unhealthy' : 'healthy',
      summary: fast
        ? `QEMU ${version} with ${best.name.toUpperCase()}.`
        : `QEMU ${version} with emulation only (TCG): guests run several times slower. ${fallbacks.map((entry) => entry.reason).join(' ')}`.trim(),
      version,
      attributes: {
        binaries: others,
        accelerators: report.accelerators.map(({ name, works, reason }) => ({ name, works, reason })),
        accelerator: best?.name ?? null,
        isolation: fast,
        machineTypes,
        firmware: engine.firmware().map(({ arch, code, description }) => ({ arch, code, description })),
        sandbox,
        migrationCapabilities,
        qemuImg: imageTool,
        hostMemoryBytes: engine.hostMemoryBytes,
      },
      capabilities: capabilitiesOf(report, imageTool !== null),
      fixes: [
        ...fallbacks.flatMap((entry) => entry.fixes),
        ...(imageTool === null ? [{ text: 'Install qemu-img.', command: 'sudo apt install qemu-utils' }] : []),
      ],
    };
  } catch (error) {
    const summary = errorData(error).message;
    return {
      health: 'unhealthy',
      summary,
      attributes: { binaries: others },
      capabilities: noCapabilities(summary),
      fixes: installFixes,
    };
  }
}

/** Probes for ever: a preliminary value at once where the real one takes long, then one on each change. */
export async function* watchEngine(engine: Engine, signal: AbortSignal): AsyncGenerator<Probe> {
  const first = probeEngine(engine);
  const early = await Promise.race([first, sleep(firstAnswerMs, null)]);
  if (early === null) {
    const found = engine.binaries().length > 0;
    const summary = found ? 'QEMU is being tried.' : 'QEMU is not installed.';
    yield {
      health: 'undetected',
      summary,
      attributes: {},
      capabilities: noCapabilities(summary),
      fixes: found ? [] : installFixes,
    };
  }
  let last = await first;
  while (!signal.aborted) {
    yield last;
    let next = last;
    while (!signal.aborted && JSON.stringify(next) === JSON.stringify(last)) {
      try {
        await sleep(lookEveryMs, undefined, { signal, ref: false });
      } catch {
        return;
      }
      next = last.health !== 'healthy' || engine.changed() ? await probeEngine(engine) : last;
    }
    last = next;
  }
}
