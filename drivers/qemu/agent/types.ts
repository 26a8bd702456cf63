/** The agent inside a guest: QEMU's guest agent (docs/interop/qemu-ga). What it says is the guest's word and no more. */
export type GuestAgent = {
  /**
   * Runs one command, after those that wait. Default limit 5 s; then `timeout`, and the connection starts anew. An error answer becomes
   * `unsupported` for a command that it lacks, else `internal` with the guest's words.
   */
  execute<T = unknown>(command: string, args?: Record<string, unknown>, options?: { timeoutMs?: number }): Promise<T>;
};
