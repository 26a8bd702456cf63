import { createHash } from 'node:crypto';
import { isAbsolute, join } from 'node:path';
import { NovaError } from '../../errors.ts';
import type { Layer } from '../machine/record.ts';

/** A block node in QMP's form (BlockdevOptions of qapi/block-core.json). */
export type BlockNode = { driver: string; 'node-name'?: string; [key: string]: unknown };

/** The node name of a layer: QEMU allows 31 characters and no ids of ours, so a hash of the id. */
export function nodeName(layerId: string): string {
  return `l${createHash('sha256').update(layerId).digest('hex').slice(0, 20)}`;
}

/** The absolute path of a layer's file. */
export function layerPath(disksDirectory: string, layer: Pick<Layer, 'file'>): string {
  return isAbsolute(layer.file) ? layer.file : join(disksDirectory, layer.file);
}

/** A file as a node: the name is taken literally, so `json:`, `nbd:` and the like have no meaning. */
export function fileNode(path: string, readOnly: boolean): BlockNode {
  return { driver: 'file', filename: path, 'read-only': readOnly };
}

/**
 * A layer with all that is beneath it. The whole chain is spelled out: nothing is followed that an image's header names.
 * Throws `internal` when the record lacks a layer or runs in a circle.
 */
export function layerNode(
  layers: readonly Layer[],
  layerId: string,
  pathOf: (layer: Layer) => string,
  readOnly = false,
): BlockNode {
  const build = (id: string, depth: number, top: boolean): BlockNode => {
    const layer = layers.find((entry) => entry.id === id);
    if (layer === undefined || depth > layers.length) {
      throw new NovaError('internal', `The machine's record has no sound disk layer ${id}.`);
    }
    const closed = readOnly || !top;
    const node: BlockNode = {
      driver: layer.format,
      'node-name': nodeName(layer.id),
      'read-only': closed,
      // Not marked itself: it follows its parent, and a merge must be able to open a frozen layer for writing.
      file: { driver: 'file', filename: pathOf(layer) },
    };
    if (!closed) {
      // Freed space of the guest is given back to this machine.
      node['discard'] = 'unmap';
    }
    if (layer.format === 'qcow2') {
      node['backing'] = layer.backing === null ? null : build(layer.backing, depth + 1, false);
    }
    return node;
  };
  return build(layerId, 1, true);
}
