import type { Plan } from '../../driver.ts';
import type { WorkloadSpec } from '../../spec.ts';
import { diskArguments } from '../images/disk-plan.ts';
import type { ImageFacts } from '../images/inspect.ts';
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

/** What was found of an image, or why it is not taken. */
export type ImageLook = ImageFacts | { refused: string };

/** What a plan depends on beside spec and engine. */
export type PlanRoots = {
  root: string;
  runtimeRoot: string;
  cpus: number;
  imageTool: string;
  look(path: string, declared?: ImageFacts['format']): ImageLook;
};

/** The command lines that a create and a start would use for a resolved spec. */
export function planMachine(spec: WorkloadSpec, facts: EngineFacts, report: EngineReport, roots: PlanRoots): Plan {
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
  const looks = settings.disks.map((disk) => (disk.image === undefined ? null : roots.look(disk.image, disk.format)));
  const images = settings.disks.flatMap((disk, index): string[][] => {
    const look = looks[index] ?? null;
    return look !== null && 'refused' in look
      ? []
      : diskArguments(disk, look, index, layerPath(paths.disks, { file: `disk${index}.qcow2` })).map((words) => [
          roots.imageTool,
          ...words,
        ]);
  });
  const argv = buildArguments({
    facts,
    spec,
    settings,
    uuid: placeholderUuid,
    paths,
    variables: paths.nvram,
    layers,
    disks: layers.map(({ id }) => ({ id, layerId: id })),
    pathOf: (layer) => layerPath(paths.disks, layer),
    forwards: settings.portForwards,
  });
  const refused = looks.flatMap((look) => (look !== null && 'refused' in look ? [look.refused] : []));
  const warnings = [...refused, ...planWarnings(spec, facts, report, roots.cpus)];
  return { commands: [...images, argv], requests: [], warnings };
}
