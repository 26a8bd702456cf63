import { NovaError } from '../../errors.ts';
import type { BlockNode } from '../plan/block.ts';
import { imageFailure } from './failure.ts';
import type { ImageFormat } from './header/facts.ts';
import { copyTimeoutMs, type QemuImgOptions, runQemuImg } from './qemu-img.ts';

/**
 * The verbs of qemu-img that NovaCron uses. Sources are block nodes in JSON, so that no name has a meaning beyond itself and no
 * header is followed; targets are absolute paths, which QEMU takes literally.
 */

function source(node: BlockNode): string {
  return `json:${JSON.stringify(node)}`;
}

/** The arguments of the verbs that a plan shows, without the program. Pure. */
export const imageArguments = {
  create: (path: string, virtualBytes: number): string[] => ['create', '-q', '-f', 'qcow2', path, String(virtualBytes)],
  overlay: (path: string, backing: { path: string; format: ImageFormat }, virtualBytes: number): string[] =>
    ['create', '-q', '-f', 'qcow2', '-u', '-b', backing.path, '-F', backing.format].concat(path, String(virtualBytes)),
  convert: (from: BlockNode, path: string): string[] => ['convert', '-p', '-O', 'qcow2', source(from), path],
  grow: (node: BlockNode, virtualBytes: number): string[] => ['resize', '-q', source(node), String(virtualBytes)],
};

/** Makes an empty qcow2 disk. */
export async function createImage(path: string, virtualBytes: number, options?: QemuImgOptions): Promise<void> {
  await runQemuImg(imageArguments.create(path, virtualBytes), options);
}

/** Makes a qcow2 layer on another file, which is not opened. */
export async function createOverlay(
  path: string,
  backing: { path: string; format: ImageFormat },
  virtualBytes: number,
  options?: QemuImgOptions,
): Promise<void> {
  await runQemuImg(imageArguments.overlay(path, backing, virtualBytes), options);
}

/** Copies a disk with all that it stands on into one qcow2 file. The source may not be in use by a writer. */
export async function convertImage(from: BlockNode, path: string, options?: QemuImgOptions): Promise<void> {
  await runQemuImg(imageArguments.convert(from, path), { timeoutMs: copyTimeoutMs, ...options });
}

/** Grows a qcow2 file. Does nothing to what the guest has in it. */
export async function growImage(node: BlockNode, virtualBytes: number, options?: QemuImgOptions): Promise<void> {
  await runQemuImg(imageArguments.grow(node, virtualBytes), options);
}

/** Writes the data of a layer into the one beneath it, which must be its backing node. */
export async function commitImage(node: BlockNode, options?: QemuImgOptions): Promise<void> {
  // -d: the layer is deleted afterwards, so it need not be emptied.
  await runQemuImg(['commit', '-p', '-d', source(node)], { timeoutMs: copyTimeoutMs, ...options });
}

/**
 * Takes into a layer all that it sees from beneath, down to `target` (null: all of it), and lets it stand on that. The layer's
 * content does not change at any moment, so a cut-off rebase harms nothing.
 */
export async function rebaseImage(
  node: BlockNode,
  target: { path: string; format: ImageFormat } | null,
  options?: QemuImgOptions,
): Promise<void> {
  const onto = target === null ? ['-b', ''] : ['-b', target.path, '-F', target.format];
  await runQemuImg(['rebase', '-p', ...onto, source(node)], { timeoutMs: copyTimeoutMs, ...options });
}

/** What a check found. */
export type CheckResult = { corruptions: number; leaks: number; log: string[] };

/** Checks a layer's own tables; what it stands on is not opened. Throws `unsupported` where the format has no check. */
export async function checkImage(node: BlockNode, options?: QemuImgOptions): Promise<CheckResult> {
  // 2: corrupt. 3: leaks only. 63: no check for this format. Source: qemu-img(1).
  const result = await runQemuImg(['check', '--output=json', source(node)], { accept: [1, 2, 3, 63], ...options });
  if (result.exitCode === 63) {
    throw new NovaError('unsupported', 'This image format has no check.');
  }
  const log = result.stderr.split('\n').filter((line) => line !== '');
  const found = result.stdout.trim().startsWith('{')
    ? (JSON.parse(result.stdout) as { corruptions?: number; leaks?: number; 'check-errors'?: number })
    : null;
  if (found === null) {
    const failure = imageFailure('qemu-img check', result.exitCode, log);
    if (failure.code !== 'internal') {
      // It is in use, or may not be read: nothing is said of what is in it.
      throw failure;
    }
    return { corruptions: 1, leaks: 0, log };
  }
  return { corruptions: (found.corruptions ?? 0) + (found['check-errors'] ?? 0), leaks: found.leaks ?? 0, log };
}
