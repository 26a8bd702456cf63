import { createStore } from 'zustand/vanilla';
import type { StateMessage } from '../../electron/bridge/contract.ts';
import { applyMessage, noRecords, type Records } from './records.ts';

/** How the window stands to its host. `joining` until the first snapshot. */
export type Connection = 'joining' | 'connected' | 'lost' | 'closed';

/** Whether the host can be asked for nothing now. Pure. */
export function isAway(connection: Connection): boolean {
  return connection === 'lost' || connection === 'closed';
}

/** The host's records and the connection that they come by. */
export type HostState = Records & {
  connection: Connection /** Since when it is not connected. */;
  lostAtMs: number | null;
};

/** The store that the pump writes and all views read. */
export function createHostStore() {
  const store = createStore<HostState>(() => ({ ...noRecords, connection: 'joining', lostAtMs: null }));
  return {
    ...store,
    /** Takes in messages, in their order, as one change. */
    take(messages: readonly StateMessage[]): void {
      if (messages.length === 0) return;
      store.setState((state) => ({
        ...messages.reduce<Records>(applyMessage, state),
        connection: 'connected',
        lostAtMs: null,
      }));
    },
    /** Notes a change of the connection. */
    connection(connection: Connection): void {
      store.setState((state) => ({
        connection,
        lostAtMs: connection === 'connected' ? null : (state.lostAtMs ?? Date.now()),
      }));
    },
  };
}

/** The host's state of one window. */
export type HostStore = ReturnType<typeof createHostStore>;
