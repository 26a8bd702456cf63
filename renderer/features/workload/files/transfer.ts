import { sendUpload, uploadWindowBytes } from '../../../../electron/bridge/client/send-upload.ts';
import type { BridgeClient } from '../../../../electron/bridge/client.ts';
import { errorFromData } from '../../../../electron/bridge/contract.ts';

/** Largest file that the window takes: it is held in memory before it is saved. Bytes. */
export const maxDownloadBytes = 512 * 1024 * 1024;

/** All bytes of a file inside, or a tar archive of a directory. Rejects when it is larger than the bound. */
export async function download(client: BridgeClient, workload: string, path: string): Promise<Blob> {
  const { bytes } = await client.open('files.read', { workload, path });
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const done = Promise.withResolvers<void>();
  bytes.onData((chunk) => {
    bytes.ack(chunk.length);
    size += chunk.length;
    chunks.push(new Uint8Array(chunk));
    if (size > maxDownloadBytes) done.reject(new RangeError('too large'));
  });
  bytes.onEnd(({ error }) => (error === null ? done.resolve() : done.reject(errorFromData(error))));
  try {
    await done.promise;
    return new Blob(chunks);
  } finally {
    bytes.close();
  }
}

/** Writes one file inside; `onTaken` is told how many bytes the workload has. */
export async function upload(
  client: BridgeClient,
  workload: string,
  path: string,
  file: File,
  onTaken: (bytes: number) => void,
): Promise<void> {
  const { bytes } = await client.open('files.write', { workload, path, sizeBytes: file.size });
  await sendUpload(bytes, piecesOf(file), onTaken);
}

/** A file's content, read only as fast as it is sent. */
async function* piecesOf(file: File): AsyncIterable<Uint8Array> {
  for (let at = 0; at < file.size; at += uploadWindowBytes)
    yield new Uint8Array(await file.slice(at, at + uploadWindowBytes).arrayBuffer());
}

/** Hands bytes to the browser as a file to save. */
export function saveAs(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has taken it over by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
