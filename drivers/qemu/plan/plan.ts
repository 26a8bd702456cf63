import type { Plan } from '../../driver.ts';
import type { WorkloadSpec } from '../../spec.ts';
import { machinePaths } from '../machine/paths.ts';
import type { Layer } from '../machine/record.ts';
import type { EngineReport } from '../probe/engine.ts';
import { buildArguments } from './arguments.ts';
import { layerPath } from './block.ts';
import type { EngineFacts } from './input.ts';
import { parseSettings } from './resolve.ts';

/** Stands for ids that are made at the create. */
const placeholderId = 'new-machine';
const placeholderUuid = '00000000-0000-4000-8000-000000000000';

/** What the user should know before a start. Pure. */
export function planWarnings(spec: WorkloadSpec, facts: EngineFacts, report: EngineReport, cpus: number): string[] {
  const warnings: string[] = [];
  if (facts.accelerator === 'tcg') {
    const why = report.accelerators
      .filter((entry) => !entry.works)
      .map((entry) => ` ${entry.reason}`)
      .join('');
    warnings.push(
      `It runs by emulation (TCG): several times slower than with acceleration, and no isolation against a hostile guest.${why}`,
    );
  }
  if ((spec.resources.vcpus ?? 1) > cpus) {
    warnings.push(
      `It has more CPUs (${spec.resources.vcpus}) than this machine (${cpus}): it gets slower, not faster.`,
    );
  }
  if (!facts.sandbox) {
    warnings.push('This QEMU has no sandbox: a hostile guest that breaks out of it has all rights of this user.');
  }
  return warnings;
}

/** The command lines that a create and a start would use for a resolved spec. */
export function planMachine(
  spec: WorkloadSpec,
  facts: EngineFacts,
  report: EngineReport,
  roots: { root: string; runtimeRoot: string; cpus: number; imageTool: string },
): Plan {
  const settings = parseSettings(spec);
  const paths = machinePaths(roots.root, roots.runtimeRoot, placeholderId);
  const layers = settings.disks.map((_, index): Layer => {
    const id = `disk${index}`;
    return {
      id,
      diskId: id,
      file: `${id}.qcow2`,
      format: 'qcow2',
      backing: null,
      frozen: false,
      external: false,
      sharedFrom: null,
    };
  });
  const images = settings.disks.flatMap((disk, index): string[][] => {
    const file = layerPath(paths.disks, { file: `disk${index}.qcow2` });
    if (disk.image === undefined) {
      return [[roots.imageTool, 'create', '-f', 'qcow2', file, String(disk.sizeBytes)]];
    }
    const format = disk.format ?? 'raw';
    return disk.use === 'import'
      ? [[roots.imageTool, 'convert', '-f', format, '-O', 'qcow2', disk.image, file]]
      : [[roots.imageTool, 'create', '-f', 'qcow2', '-b', disk.image, '-F', format, file]];
  });
  const argv = buildArguments({
    facts,
    spec,
    settings,
    uuid: placeholderUuid,
    paths,
    layers,
    disks: layers.map(({ id }) => ({ id, layerId: id })),
    pathOf: (layer) => layerPath(paths.disks, layer),
    forwards: settings.portForwards,
  });
  return { commands: [...images, argv], requests: [], warnings: planWarnings(spec, facts, report, roots.cpus) };
}
