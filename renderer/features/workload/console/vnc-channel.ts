import type { ClientBytes } from '../../../../electron/bridge/client.ts';

/** The part of a WebSocket that noVNC uses (its core/websock.js, `rawChannelProps`). */
export type VncChannel = {
  binaryType: string;
  protocol: string;
  readyState: 'open' | 'closed';
  onopen: (() => void) | null;
  onmessage: ((event: { data: Uint8Array }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: ((event: unknown) => void) | null;
  send(bytes: Uint8Array): void;
  close(): void;
};

/**
 * An open byte stream in the shape of an open WebSocket. `start` lets the bytes come, once somebody listens. Credit goes back as soon as
 * a piece was taken in; `close` ends the stream.
 */
export function vncChannel(bytes: ClientBytes): { channel: VncChannel; start: () => void } {
  const ended = (reason: string): void => {
    if (channel.readyState === 'closed') return;
    channel.readyState = 'closed';
    // 1006 is what a browser says of a connection that was lost (RFC 6455, 7.4.1).
    channel.onclose?.({ code: reason === '' ? 1000 : 1006, reason });
  };
  const channel: VncChannel = {
    binaryType: 'arraybuffer',
    protocol: '',
    readyState: 'open',
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send(data) {
      if (channel.readyState === 'open') bytes.write(data);
    },
    close() {
      bytes.close();
      ended('');
    },
  };
  return {
    channel,
    start: () => {
      bytes.onData((chunk) => {
        channel.onmessage?.({ data: chunk });
        bytes.ack(chunk.length);
      });
      bytes.onEnd((end) => ended(end.error?.message ?? ''));
    },
  };
}
