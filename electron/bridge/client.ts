import type { ErrorData, InputOf, MethodsOf, OutputOf } from './contract.ts';

/** An open byte stream as a client sees it. `read` chunks grant credit when `ack` is called with their length. */
export type ClientBytes = {
  /** Each chunk counts against the credit until `ack`. */
  onData(listener: (chunk: Uint8Array) => void): void;
  /** Called once, with the error or the exit code where there is one. */
  onEnd(listener: (end: { error: ErrorData | null; exitCode: number | null }) => void): void;
  /** Bytes that the reader has taken in; lets the host send as many more. */
  ack(bytes: number): void;
  write(bytes: Uint8Array): void;
  /** Nothing more will be written. Idempotent. */
  endInput(): void;
  resize(columns: number, rows: number): void;
  close(): void;
};

/** The bridge as every client uses it: window, browser, command line. Rejects with `NovaError`. */
export type BridgeClient = {
  call<M extends MethodsOf<'query' | 'command'>>(
    method: M,
    input: InputOf<M>,
    options?: { signal?: AbortSignal },
  ): Promise<OutputOf<M>>;
  /** Ends when the host ends it; the returned iterator's `return` cancels. Throws `engine_unavailable` when the connection is lost. */
  stream<M extends MethodsOf<'stream'>>(
    method: M,
    input: InputOf<M>,
    options?: { signal?: AbortSignal },
  ): AsyncIterable<OutputOf<M>>;
  open<M extends MethodsOf<'bytes'>>(
    method: M,
    input: InputOf<M>,
  ): Promise<{ answer: OutputOf<M>; bytes: ClientBytes }>;
  /** Called on each change of the connection. */
  onConnection(listener: (state: 'connected' | 'lost' | 'closed') => void): () => void;
  close(): void;
};
