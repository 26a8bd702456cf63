import { expect, test, vi } from 'vitest';
import { sendUpload, uploadWindowBytes } from '../../../../../electron/bridge/client/send-upload.ts';
import type { ClientBytes } from '../../../../../electron/bridge/client.ts';
import type { ErrorData } from '../../../../../electron/bridge/contract.ts';

/** A byte stream whose other end is the test. */
function fakeBytes() {
  let data: (chunk: Uint8Array) => void = () => {};
  let end: (end: { error: ErrorData | null; exitCode: number | null }) => void = () => {};
  let written = 0;
  const endInput = vi.fn<() => void>();
  const close = vi.fn<() => void>();
  const bytes: ClientBytes = {
    onData: (listener) => {
      data = listener;
    },
    onEnd: (listener) => {
      end = listener;
    },
    ack: () => {},
    write: (piece) => {
      written += piece.length;
    },
    endInput,
    resize: () => {},
    close,
  };
  return {
    bytes,
    endInput,
    close,
    written: () => written,
    say: (text: string) => data(new TextEncoder().encode(text)),
    end: (error: ErrorData | null = null) => end({ error, exitCode: null }),
  };
}

async function* pieces(count: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < count; at += 1) yield new Uint8Array(uploadWindowBytes / 2);
}

test('no more than the window is ahead of what the host has taken; a number that comes in parts is one number', async () => {
  const host = fakeBytes();
  const onTaken = vi.fn<(bytes: number) => void>();
  const sent = sendUpload(host.bytes, pieces(8), onTaken);
  await vi.waitFor(() => expect(host.written()).toBe(1.5 * uploadWindowBytes));
  host.say(`${uploadWindowBytes}`.slice(0, 3));
  expect(onTaken).toHaveBeenLastCalledWith(0);
  host.say(`${`${uploadWindowBytes}`.slice(3)}\n`);
  expect(onTaken).toHaveBeenLastCalledWith(uploadWindowBytes);
  await vi.waitFor(() => expect(host.written()).toBe(2.5 * uploadWindowBytes));
  host.say(`${4 * uploadWindowBytes}\n`);
  await vi.waitFor(() => expect(host.endInput).toHaveBeenCalled());
  host.end();
  expect(await sent).toBe(4 * uploadWindowBytes);
  expect(host.close).toHaveBeenCalled();
});

test("the host's error ends an upload that waits, without another piece", async () => {
  const host = fakeBytes();
  const sent = sendUpload(host.bytes, pieces(8));
  const refused = expect(sent).rejects.toMatchObject({ code: 'resource_exhausted' });
  await vi.waitFor(() => expect(host.written()).toBe(1.5 * uploadWindowBytes));
  host.end({ code: 'resource_exhausted', message: 'full', retryable: false, details: {} });
  await refused;
  expect(host.written()).toBe(1.5 * uploadWindowBytes);
  expect(host.close).toHaveBeenCalled();
});
