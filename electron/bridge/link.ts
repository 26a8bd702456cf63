/** One connection as both ends see it, whatever carries it: text is JSON, bytes are binary frames. */
export type Link = {
  send(message: string | Uint8Array): void;
  /** Bytes handed over and not yet on their way. */
  bufferedBytes(): number;
  onMessage(listener: (message: string | Uint8Array) => void): void;
  /** Called once. */
  onClose(listener: () => void): void;
  /** Idempotent. */
  close(): void;
};
