import type { OperationContext } from '../../drivers/driver.ts';

/** An operation context that keeps what it was told. */
export function recordingContext(
  signal: AbortSignal = new AbortController().signal,
): OperationContext & { progresses: { fraction: number | null; message: string }[]; lines: string[] } {
  const progresses: { fraction: number | null; message: string }[] = [];
  const lines: string[] = [];
  return {
    signal,
    progresses,
    lines,
    progress: (fraction, message) => {
      progresses.push({ fraction, message });
    },
    log: (line) => {
      lines.push(line);
    },
    saveHandle: () => undefined,
  };
}
