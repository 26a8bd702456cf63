import type { BridgeClient, ClientBytes } from '../../../../electron/bridge/client.ts';
import { errorFromData } from '../../../../electron/bridge/contract.ts';

/** Bytes of an upload that may be on their way. */
const windowBytes = 1024 * 1024;

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
  try {
    await send(bytes, file, onTaken);
  } finally {
    bytes.close();
  }
}

async function send(bytes: ClientBytes, file: File, onTaken: (bytes: number) => void): Promise<void> {
  let taken = 0;
  let sent = 0;
  let text = '';
  let over = false;
  let wake: (() => void) | null = null;
  const done = Promise.withResolvers<void>();
  // Awaited at the end; a failure before is no unhandled one.
  done.promise.catch(() => undefined);
  bytes.onData((chunk) => {
    bytes.ack(chunk.length);
    const lines = (text + new TextDecoder().decode(chunk)).split('\n');
    text = lines.pop() ?? '';
    taken = Number(lines.at(-1) ?? taken);
    onTaken(taken);
    wake?.();
  });
  bytes.onEnd(({ error }) => {
    over = true;
    if (error === null) done.resolve();
    else done.reject(errorFromData(error));
    wake?.();
  });
  const ended = (): boolean => over;
  const ahead = (): boolean => sent - taken > windowBytes;
  while (sent < file.size && !ended()) {
    const piece = new Uint8Array(await file.slice(sent, sent + windowBytes).arrayBuffer());
    bytes.write(piece);
    sent += piece.length;
    while (ahead() && !ended())
      await new Promise<void>((go) => {
        wake = go;
      });
  }
  bytes.endInput();
  await done.promise;
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
