import type { Machine } from '../machine/machine.ts';
import type { QmpClient, QmpEvent } from '../qmp/types.ts';
import { type GuestNetwork, guestNetwork } from './network.ts';

/** Looks after an agent came up: a guest gets its address a moment later. Then at the last of these over and over, milliseconds. */
const looksMs = [300, 2_000, 5_000, 30_000];
/** An answer that takes longer is not worth the wait. */
const networkTimeoutMs = 3_000;

/** Whether an agent opened or closed its port. */
export function isAgentEvent(event: QmpEvent): boolean {
  return event.event === 'VSERPORT_CHANGE' && event.data['id'] === 'agentport0';
}

/** Follows what the guest of a connected machine says of its network, until the connection ends; null when nobody says anything. */
export function watchAgent(
  machine: Machine,
  client: QmpClient,
  options: { running(): boolean; onNetwork(network: GuestNetwork | null): void },
): void {
  let timer: NodeJS.Timeout | null = null;
  let ended = false;
  const later = (look: number): void => {
    if (timer !== null) {
      clearTimeout(timer);
    }
    timer = setTimeout(
      () => {
        void ask(look + 1);
      },
      looksMs[Math.min(look, looksMs.length - 1)],
    );
    timer.unref();
  };
  const ask = async (next: number): Promise<void> => {
    // One that stands still does not answer, and is as it was.
    if (options.running()) {
      const agent = await machine.agent();
      const network = agent === null ? null : await guestNetwork(agent, networkTimeoutMs);
      if (ended) {
        return;
      }
      options.onNetwork(network);
    }
    if (!ended) {
      later(next);
    }
  };
  client.onEvent((event) => {
    if (isAgentEvent(event)) {
      later(event.data['open'] === true ? 0 : looksMs.length);
      if (event.data['open'] !== true) {
        options.onNetwork(null);
      }
    }
  });
  const stop = async (): Promise<void> => {
    await client.closed;
    ended = true;
    if (timer !== null) {
      clearTimeout(timer);
    }
  };
  void stop();
  later(0);
}
