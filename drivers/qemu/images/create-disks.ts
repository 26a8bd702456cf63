import { randomUUID } from 'node:crypto';
import { rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { OperationContext } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { WorkloadSpec } from '../../spec.ts';
import type { Machine } from '../machine/machine.ts';
import type { DiskState, Layer } from '../machine/record.ts';
import { qemuSettingsSchema } from '../settings.ts';
import { type DiskSettings, diskBytes, imageNode, ownNode } from './disk-plan.ts';
import { type ImageFacts, inspectImage } from './inspect.ts';
import { runQemuImg } from './qemu-img.ts';
import { nameUsers } from './users.ts';
import { checkImage, convertImage, createImage, createOverlay, growImage } from './verbs.ts';

type Made = { disk: DiskState; layers: Layer[] };

/** A new layer of a machine's own, not frozen. */
export function newLayer(diskId: string, backing: string | null): Layer {
  const id = randomUUID();
  return {
    id,
    diskId,
    file: `${diskId}-${id.slice(0, 8)}.qcow2`,
    format: 'qcow2',
    backing,
    frozen: false,
    external: false,
    sharedFrom: null,
  };
}

/** Our own look, then the tool's: its tables are sound and nobody writes to it. */
async function examine(path: string, settings: DiskSettings, signal: AbortSignal): Promise<ImageFacts> {
  const facts = inspectImage(path, settings.format);
  const node = imageNode(path, facts);
  try {
    // A raw image has no tables; opening it still meets the lock of a writer.
    if (facts.format === 'raw') {
      await runQemuImg(['info', '--output=json', `json:${JSON.stringify(node)}`], { signal });
      return facts;
    }
    const found = await checkImage(node, { signal });
    if (found.corruptions > 0) {
      throw new NovaError(
        'invalid_spec',
        `The image ${JSON.stringify(path)} is not taken: qemu-img check found ${found.corruptions} faults in it.`,
        { details: { path, log: found.log.slice(-20) } },
      );
    }
    return facts;
  } catch (error) {
    throw nameUsers(error, path);
  }
}

async function makeDisk(
  context: OperationContext,
  directory: string,
  settings: DiskSettings,
  index: number,
  created: string[],
): Promise<Made> {
  const { signal } = context;
  const diskId = `disk${index}`;
  const path = settings.image;
  const image = path === undefined ? null : await examine(path, settings, signal);
  const virtualBytes = diskBytes(settings, image, index);
  const top = newLayer(diskId, null);
  const file = join(directory, top.file);
  created.push(file);
  if (path === undefined || image === null) {
    await createImage(file, virtualBytes, { signal });
    return { disk: { id: diskId, layerId: top.id, virtualBytes }, layers: [top] };
  }
  if (settings.use === 'overlay') {
    const base: Layer = { ...newLayer(diskId, null), file: path, format: image.format, frozen: true, external: true };
    await createOverlay(file, { path, format: image.format }, virtualBytes, { signal });
    return {
      disk: { id: diskId, layerId: top.id, virtualBytes },
      layers: [base, { ...top, backing: base.id }],
    };
  }
  const space = statfsSync(directory);
  context.log(
    `Converting ${path} (${image.format}, ${image.fileBytes} bytes); ${space.bavail * space.bsize} bytes free.`,
  );
  await convertImage(imageNode(path, image), file, {
    signal,
    progress: (fraction) => context.progress(fraction, `Importing ${path}`),
  });
  if (virtualBytes > image.virtualBytes) {
    await growImage(ownNode(file), virtualBytes, { signal });
  }
  return { disk: { id: diskId, layerId: top.id, virtualBytes }, layers: [top] };
}

/**
 * Makes the disks that a spec asks for in the machine's directory and notes them in its record. All or nothing: after a failure
 * or an abort no file of it is left. Images are examined before any tool opens them (`invalid_spec`, `conflict` while in use).
 */
export async function createDisks(context: OperationContext, machine: Machine, spec: WorkloadSpec): Promise<void> {
  const settings = qemuSettingsSchema.parse(spec.settings);
  const created: string[] = [];
  const made: Made[] = [];
  try {
    for (const [index, disk] of settings.disks.entries()) {
      made.push(await makeDisk(context, machine.paths.disks, disk, index, created));
    }
    machine.save((record) => ({
      ...record,
      layers: made.flatMap((entry) => entry.layers),
      disks: made.map((entry) => entry.disk),
    }));
  } catch (error) {
    for (const file of created) {
      rmSync(file, { force: true });
    }
    throw error;
  }
}
