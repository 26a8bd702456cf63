import type { BridgeClient } from '../bridge/client.ts';
import { NovaError } from '../bridge/contract.ts';

/** Who has a console open, this terminal with them. */
type Counts = { viewers: number; writers: number };

/** What a person should know of the others at a console; null when there are none. `writable` is whether this terminal types. Pure. */
export function othersText({ viewers, writers }: Counts, writable: boolean): string | null {
  const others = viewers - 1;
  if (others < 1) return null;
  const typing = writers - (writable ? 1 : 0);
  const who = others === 1 ? '1 other has this console open' : `${others} others have this console open`;
  const types = typing < 1 ? 'none of them types' : typing === others ? 'and can type' : `${typing} of them can type`;
  return `${who}, ${types}.`;
}

/** Tells who else has a console open, now and with each change, until the signal is aborted. Never throws. */
export async function tellOthers(
  client: BridgeClient,
  options: { workload: string; console: string; writable: boolean; signal: AbortSignal },
  tell: (text: string) => void,
): Promise<void> {
  const { writable, signal, ...key } = options;
  let last: string | null = null;
  try {
    for await (const counts of client.stream('consoles.watch', key, { signal })) {
      const text = othersText(counts, writable);
      if (text !== last) tell(text ?? 'The others have left this console.');
      last = text;
    }
  } catch (error) {
    // The console itself tells of a lost connection.
    if (!(error instanceof NovaError)) throw error;
  }
}
