import type { OperationContext } from '../../driver.ts';
import type { QemuImgOptions } from '../images/qemu-img.ts';
import { commitImage, rebaseImage } from '../images/verbs.ts';
import type { Machine } from '../machine/machine.ts';
import { type BlockNode, layerNode } from '../plan/block.ts';
import type { CollectStep } from './collect-plan.ts';
import { pathOfLayer } from './files.ts';
import { layerOf } from './layers.ts';

/** Carries a merge out with qemu-img, on layers that no running QEMU has open for writing. Cut off, the disk's content is the same. */
export async function mergeOffline(
  context: OperationContext,
  machine: Machine,
  step: Exclude<CollectStep, { kind: 'drop' }>,
): Promise<void> {
  const { layers } = machine.record;
  const options: QemuImgOptions = {
    signal: context.signal,
    progress: (fraction) => context.progress(fraction, 'Merging disk layers'),
  };
  const node: BlockNode = {
    ...layerNode(layers, step.upper.id, (layer) => pathOfLayer(machine, layer)),
    discard: 'ignore',
  };
  if (step.kind === 'commit') {
    await commitImage(node, options);
    return;
  }
  const target = step.lower.backing === null ? null : layerOf(layers, step.lower.backing);
  await rebaseImage(
    node,
    target === null ? null : { path: pathOfLayer(machine, target), format: target.format },
    options,
  );
}
