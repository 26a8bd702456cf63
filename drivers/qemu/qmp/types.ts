/** An event that QEMU sent. Source of the protocol: QEMU's docs/interop/qmp-spec. */
export type QmpEvent = { event: string; data: Record<string, unknown>; timestampMs: number };

/** A connected monitor. All errors are `NovaError`. */
export type QmpClient = {
  /** QEMU's version as the greeting told it, for example `7.2.22`. */
  readonly version: string;
  /** Runs one command. Default limit 5 s (`timeout`); an error answer becomes a NovaError with `details.qmpClass`. */
  execute<T = unknown>(
    command: string,
    args?: Record<string, unknown>,
    options?: { timeoutMs?: number; signal?: AbortSignal; fd?: number },
  ): Promise<T>;
  /** Every event from now on, until `close` or the connection's end. Any number of readers. */
  events(signal?: AbortSignal): AsyncIterable<QmpEvent>;
  /** Resolves with the first event that matches. */
  waitFor(match: (event: QmpEvent) => boolean, options: { timeoutMs: number; signal?: AbortSignal }): Promise<QmpEvent>;
  /** Resolves when the connection has ended, with the reason. */
  readonly closed: Promise<string>;
  close(): void;
};
