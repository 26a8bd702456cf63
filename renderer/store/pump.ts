import type { BridgeClient } from '../../electron/bridge/client.ts';
import type { StateMessage } from '../../electron/bridge/contract.ts';
import type { HostStore } from './store.ts';

/** Messages that come within one frame make one change of the store, so that a burst costs one render. */
const batchMs = 16;
/** Pause before the state is asked for again after the stream has ended. */
const againMs = 500;

/** Keeps the store in step with the host until the signal is aborted; after a loss it asks for the gap. Never rejects. */
export async function pumpState(client: BridgeClient, store: HostStore, signal: AbortSignal): Promise<void> {
  const off = client.onConnection((state) => {
    if (state !== 'connected') store.connection(state);
    else if (store.getState().epoch !== null) store.connection('connected');
  });
  signal.addEventListener('abort', off, { once: true });
  while (!signal.aborted) {
    const waiting: StateMessage[] = [];
    let timer: ReturnType<typeof setTimeout> | null = null;
    const flush = () => {
      timer = null;
      store.take(waiting.splice(0));
    };
    try {
      const { epoch, seq } = store.getState();
      const input = epoch === null ? {} : { epoch, since: seq };
      for await (const message of client.stream('state.subscribe', input, { signal })) {
        waiting.push(message);
        timer ??= setTimeout(flush, batchMs);
      }
    } catch {
      // A lost stream is shown by the banner; the loop asks again.
      if (!signal.aborted) store.connection('lost');
    }
    if (timer !== null) {
      clearTimeout(timer);
      flush();
    }
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, againMs));
  }
}
