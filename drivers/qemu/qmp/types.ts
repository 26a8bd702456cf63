/** An event that QEMU sent. Source of the protocol: QEMU's docs/interop/qmp-spec. */
export type QmpEvent = { event: string; data: Record<string, unknown>; timestampMs: number };

/** A connected monitor. All errors are `NovaError`. */
export type QmpClient = {
  /** QEMU's version as the greeting told it, for example `7.2.22`. */
  readonly version: string;
  /** When the last answer to a command came, as `performance.now()`. */
  readonly answeredAt: number;
  /** Runs one command. Default limit 5 s (`timeout`); an error answer becomes a NovaError with `details.qmpClass`. */
  execute<T = unknown>(
    command: string,
    args?: Record<string, unknown>,
    options?: { timeoutMs?: number; signal?: AbortSignal },
  ): Promise<T>;
  /** Every event from this call on, until `close` or the connection's end. Any number of readers. */
  events(signal?: AbortSignal): AsyncIterable<QmpEvent>;
  /** Calls the listener for every event until the returned function is called. */
  onEvent(listener: (event: QmpEvent) => void): () => void;
  /** Resolves with the first event that matches. Listens from the call on, so call it before the command that causes the event. */
  waitFor(match: (event: QmpEvent) => boolean, options: { timeoutMs: number; signal?: AbortSignal }): Promise<QmpEvent>;
  /** Resolves when the connection has ended, with the reason. Never rejects. */
  readonly closed: Promise<string>;
  /** Ends the connection; commands that wait are rejected. Idempotent. */
  close(): void;
};
